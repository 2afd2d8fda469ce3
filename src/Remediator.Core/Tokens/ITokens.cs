using Remediator.Core.Commands;
using Remediator.Core.Events;


namespace Remediator.Core.Tokens;

/// <summary>Operators' tokens, kept in the journal that all replicas share.</summary>
public interface ITokens
{
    /// <summary>Never fails: where they cannot be read, the reading says so.</summary>
    Task<TokenReading> ReadAsync();

    /// <param name="hash">As <see cref="TokenCreated"/> has it.</param>
    /// <param name="actor">Who makes it; journalled.</param>
    Task<CommandResult> CreateAsync(
        string id, string name, string role, string hash, DateTimeOffset expiresAt, string actor, string traceId,
        CancellationToken cancellationToken);

    /// <param name="actor">Who revokes it; journalled.</param>
    Task<CommandResult> RevokeAsync(string idOrName, string reason, string actor, string traceId, CancellationToken cancellationToken);
}

/// <param name="Problem">Why they cannot be read, so that none is valid; null where they can.</param>
public sealed record TokenReading(IReadOnlyList<OperatorToken> Tokens, string? Problem);
