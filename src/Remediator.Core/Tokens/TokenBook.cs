using System.Collections.Immutable;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Resources;

namespace Remediator.Core.Tokens;

/// <param name="Hash">As <see cref="TokenCreated"/> has it.</param>
/// <param name="By">Who made it.</param>
public sealed record OperatorToken(
    string Id, string Name, string Role, string Hash, DateTimeOffset CreatedAt, string By, DateTimeOffset ExpiresAt);

/// <summary>All tokens that were made and neither revoked nor seen to expire: the sum of the events of their stream.</summary>
public sealed record TokenBook
{
    public const int Schema = 1;

    private const int Most = 500;
    private const int LongestName = 64;

    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);

    public static TokenBook Empty { get; } = new();

    public static StreamShape<TokenBook> Stream { get; } = new(Schema, Empty, (book, happened) => book.After(happened));

    /// <summary>By id.</summary>
    public ImmutableSortedDictionary<string, OperatorToken> Tokens { get; init; } = ImmutableSortedDictionary<string, OperatorToken>
        .Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The stream that these events belong to.</summary>
    public static ResourceKey Key(string cluster) => new(cluster, ResourceKinds.Engine, "", "tokens");

    public TokenBook After(Happened happened) => happened.Event switch
    {
        TokenCreated e =>
            this with { Tokens = Tokens.SetItem(e.Id, new(e.Id, e.Name, e.Role, e.Hash, happened.At, happened.Actor, e.ExpiresAt)) },
        TokenRevoked e => this with { Tokens = Tokens.Remove(e.Id) },
        TokenExpired e => this with { Tokens = Tokens.Remove(e.Id) },
        _ => this,
    };

    /// <summary>What there is to tell of tokens whose time is over.</summary>
    public IReadOnlyList<Event> Expired(DateTimeOffset now) =>
        [.. Tokens.Values.Where(t => t.ExpiresAt <= now).Select(t => new TokenExpired(t.Id, t.Name))];

    public (IReadOnlyList<Event> Events, CommandResult Result) Create(
        string id, string name, string role, string hash, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        if (Fault(name) is { } fault)
        {
            return ([], new(false, fault));
        }

        if (expiresAt <= now || expiresAt > now + LongestLife)
        {
            return (
                [],
                new(false, $"A token is valid for {LongestLife.TotalDays:0} days at most, and this one would expire at {expiresAt:u}."));
        }

        if (Tokens.Count >= Most)
        {
            return ([], new(false, $"There are {Tokens.Count} tokens already; revoke the unused ones: remediator token list."));
        }

        return Tokens.ContainsKey(id)
            ? ([], new(false, "Another token has the same id; try again."))
            : ([new TokenCreated(id, name, role, hash, expiresAt)], new(true, $"Token {id} lets {name} in as {role} until {expiresAt:u}."));
    }

    /// <param name="idOrName">Of one token, or of whom all tokens are to be revoked.</param>
    public (IReadOnlyList<Event> Events, CommandResult Result) Revoke(string idOrName, string reason)
    {
        var revoked = Tokens.Values.Where(t => t.Id == idOrName || t.Name.Equals(idOrName, StringComparison.OrdinalIgnoreCase)).ToList();
        return revoked.Count == 0
            ? ([], new(false, $"There is no token with the id or name '{idOrName}'; 'remediator token list' lists them."))
            : (
                [.. revoked.Select(t => new TokenRevoked(t.Id, t.Name, reason))],
                new(true, $"Revoked: {string.Join(", ", revoked.Select(t => $"{t.Id} of {t.Name}"))}."));
    }

    /// <summary>A name is one person, and none that the engine, the token file or Kubernetes uses.</summary>
    private static string? Fault(string name) => name switch
    {
        { Length: 0 or > LongestName } => $"The name of a token has between 1 and {LongestName} characters.",
        _ when name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or '@' or '+')) =>
            $"'{name}' cannot be the name of a token: use letters, digits and . _ - @ +",
        _ when name.Equals(Happened.Engine, StringComparison.OrdinalIgnoreCase)
            || name.Equals(Person.TokenFile, StringComparison.OrdinalIgnoreCase) =>
                $"'{name}' is reserved; use the name of the person or tool.",
        _ => null,
    };
}
