using Dapper;
using Remediator.Core.Journal;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal;

internal sealed class StoreDeadLetters(Store store, TimeProvider time) : IDeadLetters
{
    public async Task<RetryOutcome> RetryAsync(long id, CancellationToken cancellationToken)
    {
        var letter = await store.Reader.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<Letter>(Queries.DeadLetter.Sql, new { id }), cancellationToken);
        return letter switch
        {
            null => RetryOutcome.NotThere,
            { Dedupe: not null } => RetryOutcome.NeverAnAlert,
            _ => await store.Writer.WriteAsync(
                new RetryWrite(id, StoredText.Of(StoredJson.ParseAlert(letter.Text).DedupeKey), StoredTime.Text(time.GetUtcNow())),
                cancellationToken),
        };
    }

    private sealed record Letter(string? Dedupe, string Text);
}
