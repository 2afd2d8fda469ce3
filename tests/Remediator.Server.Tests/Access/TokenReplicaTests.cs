using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Remediator.Testing;

namespace Remediator.Server.Tests.Access;

/// <summary>Two servers that share a database: a token of one is a token of both, and its end too.</summary>
public sealed class TokenReplicaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Needs", "Postgres")]
    public async Task Token_ThatIsMadeRevokedOrOverAtOneReplica_IsSoAtTheOther()
    {
        await using var database = new PostgresDatabase();
        await using var one = await StartAsync(database, "one");
        await using var two = await StartAsync(database, "two");

        var ada = await CreateAsync(one, "ada", TimeSpan.FromHours(1));
        await AnswersAsync(two, ada.Token, HttpStatusCode.OK, "a token of the other replica to be let in");
        await AnswersAsync(one, ada.Token, HttpStatusCode.OK, "the token to be let in where it was made");

        using var revoked = await two.Operator.PostAsJsonAsync("/api/v1/tokens/ada/revoke", new { reason = "left" }, Token);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(two, ada.Token));
        await AnswersAsync(one, ada.Token, HttpStatusCode.Unauthorized, "a token that the other replica has revoked to be refused");

        var bob = await CreateShortAsync(two, one);
        await AnswersAsync(one, bob.Token, HttpStatusCode.Unauthorized, "its end at the other replica");
        await AnswersAsync(two, bob.Token, HttpStatusCode.Unauthorized, "its end where it was made");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A token that ends soon, but not before the other replica has let it in.</summary>
    private static async Task<Made> CreateShortAsync(RemediatorProcess at, RemediatorProcess other)
    {
        for (var life = TimeSpan.FromSeconds(20); ; life *= 2)
        {
            var end = TimeProvider.System.GetUtcNow() + life;
            var made = await CreateAsync(at, $"bob-{life.TotalSeconds}", life);
            var let = false;
            await Wait.UntilAsync(
                "a short token to be let in at the other replica, or its end",
                async () => (let = await StatusAsync(other, made.Token) is HttpStatusCode.OK) || TimeProvider.System.GetUtcNow() > end,
                Token);
            if (let)
                return made;
            Assert.True(life < Wait.Patience, $"A token of {life} was never let in at the other replica.");
        }
    }

    private static Task AnswersAsync(RemediatorProcess server, string token, HttpStatusCode status, string what) =>
        Wait.UntilAsync(what, async () => await StatusAsync(server, token) == status, Token);

    private static async Task<HttpStatusCode> StatusAsync(RemediatorProcess server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/incidents", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await server.Webhook.SendAsync(request, Token);
        return answer.StatusCode;
    }

    private static async Task<Made> CreateAsync(RemediatorProcess server, string name, TimeSpan life)
    {
        using var answer =
            await server.Operator.PostAsJsonAsync("/api/v1/tokens", new { name, role = "viewer", days = life.TotalDays }, Token);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Made>(Token))!;
    }

    private Task<RemediatorProcess> StartAsync(PostgresDatabase database, string name)
    {
        var key = _folder.File("key.pem");
        if (!File.Exists(key))
        {
            using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            File.WriteAllText(key, signing.ExportPkcs8PrivateKeyPem());
        }

        return RemediatorProcess.StartAsync(
            _folder.File(name),
            [
                "--set", $"Journal:Postgres={database.Connection}", "--set", $"Journal:PostgresPasswordFile={database.PasswordFile}",
                "--set", $"Journal:CheckpointKeyFile={key}",
            ],
            new Dictionary<string, string>(), Token);
    }

    private sealed record Made(string Token);
}
