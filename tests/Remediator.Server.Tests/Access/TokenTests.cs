using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Remediator.Testing;

namespace Remediator.Server.Tests.Access;

/// <summary>Named tokens of the real program, from their making to their end.</summary>
public sealed class TokenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_IsShownOnce_LetsItsHolderIn_AndIsRevokedAtOnce()
    {
        await using var server = await StartAsync();
        var made = await RunAsync("token", "create", "ada", "--role", "operator", "--expires", "12h");
        Assert.Equal(0, made.ExitCode);
        var token = made.Output.Trim();
        Assert.Matches("^rmd_[A-Za-z0-9_-]{43}$", token);
        Assert.Matches("^Token [0-9a-f]{8} lets ada in as operator until .*Z\\.$", made.Error.Trim());

        await File.WriteAllTextAsync(_folder.File("ada.token"), token, Token);
        Assert.Equal(0, (await RunAsync("pause", "--reason", "big sale", "--token-file", "ada.token")).ExitCode);
        Assert.Contains(
            "everything is paused by ada: big sale", (await RunAsync("status", "--token-file", "ada.token")).Output,
            StringComparison.Ordinal);
        var list = await RunAsync("token", "list");
        Assert.Matches("[0-9a-f]{8} +ada +operator +.*operator.token", list.Output);
        Assert.DoesNotContain(token[4..], list.Output, StringComparison.Ordinal);

        var more = await RunAsync("approve", "x", "--token-file", "ada.token");
        Assert.Equal((2, "remediator: ada is operator; this needs the role approver.\n"), (more.ExitCode, more.Error));
        var escalated = await RunAsync("token", "create", "eve", "--role", "admin", "--token-file", "ada.token");
        Assert.Equal((2, "remediator: ada is operator; this needs the role admin.\n"), (escalated.ExitCode, escalated.Error));

        Assert.Equal(0, (await RunAsync("token", "revoke", "ADA", "--reason", "left the team")).ExitCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, token));
        Assert.Equal(0, (await RunAsync("audit", "export", "journal.jsonl")).ExitCode);
        var journal = await File.ReadAllTextAsync(_folder.File("journal.jsonl"), Token);
        Assert.Contains("token-created", journal, StringComparison.Ordinal);
        Assert.Contains("token-revoked", journal, StringComparison.Ordinal);
        Assert.DoesNotContain(token[4..], journal + string.Join('\n', server.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_IsThereAfterAKill_AndEndsByItself()
    {
        string token;
        await using (var first = await StartAsync())
        {
            token = await CreateAsync(first, "ada", "viewer", TimeSpan.FromHours(1));
            await first.KillAsync(Token);
        }

        await using var server = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, token));
        var brief = await CreateAsync(server, "bob", "viewer", TimeSpan.FromSeconds(3));
        await Wait.UntilAsync(
            "the end of a token of three seconds", async () => await StatusAsync(server, brief) is HttpStatusCode.Unauthorized, Token);
        await Wait.UntilAsync("token-expired in the journal", async () =>
        {
            File.Delete(_folder.File("journal.jsonl"));
            var export = await RunAsync("audit", "export", "journal.jsonl");
            if (export.ExitCode != 0)
                throw new NotThereYetException(export.Error);
            return (await File.ReadAllTextAsync(_folder.File("journal.jsonl"), Token)).Contains("token-expired", StringComparison.Ordinal);
        }, Token);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, token));
    }

    [Theory]
    [InlineData("engine", "viewer", 1.0, HttpStatusCode.Conflict, "is reserved")]
    [InlineData("Operator.Token", "viewer", 1.0, HttpStatusCode.Conflict, "is reserved")]
    [InlineData("kubernetes:ada", "viewer", 1.0, HttpStatusCode.Conflict, "cannot be the name of a token")]
    [InlineData("", "viewer", 1.0, HttpStatusCode.Conflict, "between 1 and 64 characters")]
    [InlineData("ada", "root", 1.0, HttpStatusCode.BadRequest, "say viewer, operator, approver, admin.")]
    [InlineData("ada", "3", 1.0, HttpStatusCode.BadRequest, "say viewer, operator, approver, admin.")]
    [InlineData("ada", "viewer", 0.0, HttpStatusCode.BadRequest, "more than 0 and at most 366 days")]
    [InlineData("ada", "viewer", 1e300, HttpStatusCode.BadRequest, "more than 0 and at most 366 days")]
    public async Task TokenThatCannotBe_IsRefusedWithTheReason(string name, string role, double days, HttpStatusCode status, string reason)
    {
        await using var server = await StartAsync();
        using var answer = await server.Operator.PostAsJsonAsync("/api/v1/tokens", new { name, role, days }, Token);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> CreateAsync(RemediatorProcess server, string name, string role, TimeSpan life)
    {
        using var answer = await server.Operator.PostAsJsonAsync("/api/v1/tokens", new { name, role, days = life.TotalDays }, Token);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Made>(Token))!.Token;
    }

    private static async Task<HttpStatusCode> StatusAsync(RemediatorProcess server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/status", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await server.Webhook.SendAsync(request, Token);
        return answer.StatusCode;
    }

    private Task<RemediatorProcess> StartAsync() =>
        RemediatorProcess.StartAsync(_folder.File("data"), [], new Dictionary<string, string>(), Token);

    private Task<ProgramResult> RunAsync(params string[] arguments) =>
        RemediatorProgram.RunAsync([.. arguments, "--data", "data"], _folder.Path, Token);

    private sealed record Made(string Token);
}
