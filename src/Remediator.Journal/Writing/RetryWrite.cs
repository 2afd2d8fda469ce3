using Remediator.Core.Journal;

namespace Remediator.Journal.Writing;

/// <summary>A dead letter goes back to the inbox; where a copy of its alert waits there already, it only goes.</summary>
/// <param name="dedupe">The key of the alert that the letter holds; letters never change.</param>
internal sealed class RetryWrite(long id, string dedupe, string now) : IWrite<RetryOutcome>
{
    public string Kind => "retry";

    public void Ask(Image image)
    {
        image.DeadRows.Want(id);
        image.Dedupes.Want(dedupe);
    }

    public RetryOutcome Decide(Image image)
    {
        if (image.DeadRows[id] is not { } letter)
            return RetryOutcome.NotThere;
        image.DeadRows.Remove(id);
        image.Changes.Delete(Table.DeadLetter, "id", id);
        if (image.Dedupes.Has(dedupe))
            return RetryOutcome.Waits;
        image.Dedupes[dedupe] = "";
        image.Changes.Put(Table.Inbox, dedupe, letter.Text, letter.Source, letter.TraceId, now, null);
        image.InboxChange++;
        return RetryOutcome.Waits;
    }
}
