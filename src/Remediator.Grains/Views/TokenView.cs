using System.Text.Json;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Tokens;
using Remediator.Grains.Streams;

namespace Remediator.Grains.Views;

/// <summary>Operators' tokens from the store that all replicas share, at most a moment old.</summary>
internal sealed class TokenView : ITokens
{
    private readonly EventStream<TokenBook> _stream;
    private readonly Recent<TokenReading> _reading;
    private readonly TimeProvider _time;

    public TokenView(IJournal journal, ClusterName cluster, TimeProvider time)
    {
        (_time, _stream) = (time, new(journal, TokenBook.Key(cluster.Name), TokenBook.Stream, time));
        _reading = new(LoadAsync, TimeSpan.FromMilliseconds(250), time);
    }

    public Task<TokenReading> ReadAsync() => _reading.ReadAsync();

    public Task<CommandResult> CreateAsync(
        string id, string name, string role, string hash, DateTimeOffset expiresAt, string actor, string traceId,
        CancellationToken cancellationToken) =>
        WriteAsync(book => book.Create(id, name, role, hash, expiresAt, _time.GetUtcNow()), actor, traceId, cancellationToken);

    public Task<CommandResult> RevokeAsync(
        string idOrName, string reason, string actor, string traceId, CancellationToken cancellationToken) =>
        WriteAsync(book => book.Revoke(idOrName, reason), actor, traceId, cancellationToken);

    /// <summary>Tells the journal whose time is over.</summary>
    public Task ExpireAsync(CancellationToken cancellationToken) =>
        _stream.AppendAsync(book => book.Expired(_time.GetUtcNow()), cancellationToken);

    private async Task<TokenReading> LoadAsync()
    {
        try
        {
            return new([.. (await _stream.LoadAsync(CancellationToken.None)).Book.Tokens.Values], null);
        }
        catch (Exception e) when (e is StoreUnavailableException or UnreadableStreamException or JsonException)
        {
            return new([], e.Message);
        }
    }

    private async Task<CommandResult> WriteAsync(
        Func<TokenBook, (IReadOnlyList<Event> Events, CommandResult Result)> decide, string actor, string traceId,
        CancellationToken cancellationToken)
    {
        var result = new CommandResult(false, "");
        try
        {
            await _stream.AppendAsync(
                book =>
                {
                    (var told, result) = decide(book);
                    return told;
                },
                cancellationToken, actor: actor, traceId: traceId);
        }
        catch (UnreadableStreamException e)
        {
            return new(false, $"{e.Message} Until then no token is valid but the one in the file.");
        }

        _reading.Forget();
        return result;
    }
}
