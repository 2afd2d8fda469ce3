using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

internal static class InboxWrite
{
    internal sealed record Row(string Dedupe, string Alert, string Source, string TraceId, string ReceivedAt);

    public static Row ToRow(InboxEntry entry) =>
        new(entry.Alert.DedupeKey, StoredJson.Alert(entry.Alert), entry.Source, entry.TraceId, StoredTime.Text(entry.ReceivedAt));

    /// <returns>How many were new.</returns>
    public static int Add(WriteTransaction transaction, Row[] rows)
    {
        var added = 0;
        foreach (var row in rows)
        {
            added += transaction.Execute(
                "INSERT INTO inbox (dedupe, alert, source, trace_id, received_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (dedupe) DO NOTHING",
                row.Dedupe, row.Alert, row.Source, row.TraceId, row.ReceivedAt);
        }

        transaction.InboxChange += added;
        return added;
    }

    public static int Reject(WriteTransaction transaction, IReadOnlyList<RejectedEntry> rejected, string now)
    {
        var added = 0;
        foreach (var entry in rejected)
        {
            var dedupe = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{entry.Source}\n{entry.Text}")));
            added += transaction.Execute(
                """
                INSERT INTO dead_letter (dedupe, text, source, trace_id, received_at, attempts, dead_at, reason) VALUES ($1, $2, $3, $4, $5, 0, $6, $7)
                ON CONFLICT (dedupe) DO NOTHING
                """,
                dedupe, entry.Text, entry.Source, entry.TraceId, StoredTime.Text(entry.ReceivedAt), now, entry.Reason);
        }

        return added;
    }

    public static int CountAttempt(WriteTransaction transaction, long id) =>
        transaction.Scalar("UPDATE inbox SET attempts = attempts + 1 WHERE id = $1 RETURNING attempts", id) is long attempts ? (int)attempts : 0;

    public static int DeadLetter(WriteTransaction transaction, long id, string reason, string now)
    {
        transaction.Execute(
            """
            INSERT INTO dead_letter (text, source, trace_id, received_at, attempts, dead_at, reason)
            SELECT alert, source, trace_id, received_at, attempts, $2, $3 FROM inbox WHERE id = $1
            """,
            id, now, reason);
        var moved = transaction.Execute("DELETE FROM inbox WHERE id = $1", id);
        transaction.InboxChange -= moved;
        return moved;
    }
}
