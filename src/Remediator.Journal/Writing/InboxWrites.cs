using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Journal;
using Remediator.Journal.Format;

namespace Remediator.Journal.Writing;

/// <returns>How many were new.</returns>
internal sealed class AddWrite(IReadOnlyList<InboxEntry> entries) : IWrite<int>
{
    public string Kind => "inbox";

    public bool IsIntake => true;

    // made on the caller's thread: the writer has better things to do
    private readonly object?[][] _rows =
        [.. entries.Select(e => (object?[])[
            StoredText.Of(e.Alert.DedupeKey), StoredJson.Alert(e.Alert), e.Source, e.TraceId, StoredTime.Text(e.ReceivedAt), null])];

    public void Ask(Image image)
    {
        foreach (var row in _rows)
            image.Dedupes.Want((string)row[0]!);
    }

    public int Decide(Image image)
    {
        var added = 0;
        foreach (var row in _rows.Where(row => !image.Dedupes.Has((string)row[0]!)))
        {
            image.Dedupes[(string)row[0]!] = "";
            image.Changes.Put(Table.Inbox, row);
            added++;
        }

        image.InboxChange += added;
        return added;
    }
}

/// <returns>How many were new.</returns>
internal sealed class RejectWrite(IReadOnlyList<RejectedEntry> rejected, string now) : IWrite<int>
{
    public string Kind => "dead-letter";

    public bool IsIntake => true;

    private readonly object?[][] _rows =
        [.. rejected.Select(e => (object?[])[Dedupe(e), e.Text, e.Source, e.TraceId, StoredTime.Text(e.ReceivedAt), 0L, now, e.Reason])];

    public void Ask(Image image)
    {
        foreach (var row in _rows)
            image.DeadDedupes.Want((string)row[0]!);
    }

    public int Decide(Image image)
    {
        var added = 0;
        foreach (var row in _rows.Where(row => !image.DeadDedupes.Has((string)row[0]!)))
        {
            image.DeadDedupes[(string)row[0]!] = "";
            image.Changes.Put(Table.DeadLetter, row);
            added++;
        }

        return added;
    }

    private static string Dedupe(RejectedEntry entry) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{entry.Source}\n{entry.Text}")));
}

/// <returns>How often the row was tried so far; 0 where it waits no more.</returns>
internal sealed class CountAttemptWrite(long id) : IWrite<int>
{
    public string Kind => "attempt";

    public void Ask(Image image) => image.WaitingRows.Want(id);

    public int Decide(Image image)
    {
        if (image.WaitingRows[id] is not { } row)
            return 0;
        row = row with { Attempts = row.Attempts + 1 };
        image.WaitingRows[id] = row;
        image.Changes.Run(Commands.SetAttempts, row.Attempts, id);
        return (int)row.Attempts;
    }
}

/// <returns>True where the row waited still.</returns>
internal sealed class DeadLetterWrite(long id, string reason, string now) : IWrite<bool>
{
    public string Kind => "dead-letter";

    public void Ask(Image image) => image.WaitingRows.Want(id);

    public bool Decide(Image image)
    {
        if (image.WaitingRows[id] is not { } row)
            return false;
        image.WaitingRows.Remove(id);
        image.Waiting.Remove(id);
        image.Dedupes.Remove(row.Dedupe);
        // a letter with a key is never put back: where the alert is now, its old place has nothing to say
        image.Changes.Put(
            Table.DeadLetter, row.MovedFrom is null ? null : row.Dedupe, row.Alert, row.Source, row.TraceId, row.ReceivedAt, row.Attempts,
            now, reason);
        image.Changes.Delete(Table.Inbox, "id", id);
        image.InboxChange--;
        return true;
    }
}
