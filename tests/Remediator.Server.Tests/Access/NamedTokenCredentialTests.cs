using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Commands;
using Remediator.Core.Tokens;
using Remediator.Server.Access;

namespace Remediator.Server.Tests.Access;

/// <summary>What lets a holder in, whatever the book of tokens still lists.</summary>
public sealed class NamedTokenCredentialTests : ITokens
{
    private readonly FakeTimeProvider _time = new();
    private readonly (string Token, string Id, string Hash) _made = NamedTokenCredential.New();
    private TokenReading _reading = new([], null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_EndsAtItsTime_ThoughTheBookStillListsIt()
    {
        _reading = new([Listed("viewer")], null);

        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.Equal("ada", Caller.NameOf((await AskAsync(_made.Token))!.Caller!));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await AskAsync(_made.Token));
    }

    [Fact]
    public async Task TokenThatIsNotListed_OrHasARoleThatThereIsNot_LetsNobodyIn()
    {
        Assert.Null(await AskAsync(_made.Token));
        _reading = new([Listed("root")], null);
        Assert.Null(await AskAsync(_made.Token));
        _reading = new([Listed("admin")], null);
        Assert.Null(await AskAsync(NamedTokenCredential.New().Token));
        Assert.Null(await AskAsync(_made.Hash));
    }

    [Fact]
    public async Task BookThatCannotBeRead_LetsNobodyIn_AndSaysWhy()
    {
        _reading = new([Listed("admin")], "the database is away");

        var answer = await AskAsync(_made.Token);

        Assert.Null(answer!.Caller);
        Assert.Equal(new(503, "The valid tokens cannot be read now: the database is away"), answer.Refusal);
    }

    [Fact]
    public void Token_IsKeptAsItsHashAlone() =>
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_made.Token))), _made.Hash);

    Task<TokenReading> ITokens.ReadAsync() => Task.FromResult(_reading);

    Task<CommandResult> ITokens.CreateAsync(
        string id,
        string name,
        string role,
        string hash,
        DateTimeOffset expiresAt,
        string actor,
        string traceId,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<CommandResult> ITokens.RevokeAsync(
        string idOrName,
        string reason,
        string actor,
        string traceId,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    private OperatorToken Listed(string role) =>
        new(_made.Id, "ada", role, _made.Hash, _time.GetUtcNow(), "operator.token", _time.GetUtcNow().AddHours(1));

    private Task<Authentication?> AskAsync(string token) => new NamedTokenCredential(this, _time).AuthenticateAsync(token, Token);
}
