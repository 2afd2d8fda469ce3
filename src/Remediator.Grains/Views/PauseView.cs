using System.Text.Json;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Pauses;
using Remediator.Core.Resources;
using Remediator.Grains.Streams;

namespace Remediator.Grains.Views;

/// <summary>
/// What people have paused, from the store that all replicas share. It may be a moment old: the transaction of an intent refuses what was
/// decided on another version of it.
/// </summary>
internal sealed class PauseView : IPauses
{
    private readonly EventStream<PauseBook> _stream;
    private readonly Recent<PauseReading> _reading;
    private readonly TimeProvider _time;

    public PauseView(IJournal journal, ClusterName cluster, TimeProvider time)
    {
        (_time, _stream) = (time, new(journal, PauseBook.Key(cluster.Name), PauseBook.Stream, time));
        _reading = new(LoadAsync, TimeSpan.FromMilliseconds(250), time);
    }

    public Task<PauseReading> ReadAsync() => _reading.ReadAsync();

    /// <summary>Somebody has just changed it, or may have.</summary>
    public void Changed() => _reading.Forget();

    public Task<CommandResult> PauseAsync(
        PauseScope scope, string reason, string actor, DateTimeOffset? until, string traceId, CancellationToken cancellationToken) =>
        WriteAsync((book, now) => book.Pause(scope, reason, until, now), actor, traceId, cancellationToken);

    public Task<CommandResult> ResumeAsync(
        PauseScope scope, string reason, string actor, string traceId, CancellationToken cancellationToken) =>
        WriteAsync((book, now) => book.Resume(scope, reason, now), actor, traceId, cancellationToken);

    private async Task<PauseReading> LoadAsync()
    {
        try
        {
            var (version, book) = await _stream.LoadAsync(CancellationToken.None);
            return new([.. book.Pauses.Values], version, null);
        }
        catch (Exception e) when (e is StoreUnavailableException or UnreadableStreamException or JsonException)
        {
            return new([], -1, e.Message);
        }
    }

    private async Task<CommandResult> WriteAsync(
        Func<PauseBook, DateTimeOffset, (Event? Event, CommandResult Result)> decide, string actor, string traceId,
        CancellationToken cancellationToken)
    {
        var result = new CommandResult(false, "");
        try
        {
            await _stream.AppendAsync(
                book =>
                {
                    (var said, result) = decide(book, _time.GetUtcNow());
                    return said is null ? [] : [said];
                },
                cancellationToken, actor: actor, traceId: traceId);
            Changed();
            return result;
        }
        catch (UnreadableStreamException e)
        {
            return new(false, $"{e.Message} Until then everything is paused.");
        }
    }
}
