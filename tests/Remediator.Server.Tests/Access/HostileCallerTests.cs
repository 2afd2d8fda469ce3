using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Remediator.Testing;

namespace Remediator.Server.Tests.Access;

/// <summary>Somebody who wants in, at the real program.</summary>
public sealed class HostileCallerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoFormOfARequest_LetsAnybodyIn_WhoSendsNoTokenAsItIsToBeSent()
    {
        await using var server = await StartAsync();
        var good = server.Operator.DefaultRequestHeaders.Authorization!.Parameter!;
        var webhook = server.Webhook.DefaultRequestHeaders.Authorization!.Parameter!;
        string[] headers =
        [
            "", "Authorization: Bearer", "Authorization: Bearer    ", "Authorization:", $"Authorization: {good}",
            $"Authorization: Token {good}",
            $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"admin:{good}"))}", $"Authorization: Bearer{good}",
            $"Authorization: Bearer {good}x", $"Authorization: Bearer {good[..^1]}", $"Authorization: Bearer {good}, Bearer {good}",
            $"Authorization: Bearer wrong-token-of-nobody\r\nAuthorization: Bearer {good}", $"Authorization: Bearer {webhook}",
            $"Authorization: Bearer {good.ToUpperInvariant()}", $"Cookie: token={good}; Authorization=Bearer {good}",
            $"X-Authorization: Bearer {good}",
            $"Proxy-Authorization: Bearer {good}", "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-User: admin",
            $"Authorization: Bearer {new string('a', 20_000)}", $"X-Large: {new string('a', 200_000)}",
            "Authorization: Bearer rmd_", $"Authorization: Bearer rmd_{new string('A', 43)}", "Authorization: Bearer a.b.c",
        ];
        string[] lines =
        [
            $"GET /api/v1/status?token={good}&access_token={good}&authorization=Bearer%20{good}", "GET //api/v1/status",
            "GET /api/v1/./status", "GET /livez/../api/v1/status", "GET /livez/%2e%2e/api/v1/status", "GET /livez%2f..%2fapi/v1/status",
            "GET /API/V1/STATUS", "GET /api/v1/status/", "GET /api/v1/status%00", "GET /api/v1/status;a=b", "GET \\api\\v1\\status",
            "GET http://127.0.0.1/api/v1/status", "HEAD /api/v1/status", "POST /api/v1/status", "OPTIONS /api/v1/status", "OPTIONS *",
            "TRACE /api/v1/status", "PUT /api/v1/pauses", "DELETE /api/v1/tokens", "PATCH /api/v1/tokens", "get /api/v1/status",
            "GET /api/v1/incidents", "GET /api/v1/incidents/x", "GET /api/v1/tokens", "PROPFIND /api/v1/incidents",
        ];

        foreach (var header in headers)
            RefusedIs(await RawAsync(server, "GET /api/v1/status", header), header);
        foreach (var line in lines)
        {
            RefusedIs(await RawAsync(server, line, ""), line);
            RefusedIs(await RawAsync(server, line.Replace("GET ", "POST ", StringComparison.Ordinal), "X-HTTP-Method-Override: GET"), line);
        }
    }

    [Fact]
    public async Task Viewer_ChangesNothing_AndNoNumberOrListIsTakenForAWord()
    {
        await using var server = await StartAsync();
        using var viewer = await AsAsync(server, "eve", "viewer");
        using var approver = await AsAsync(server, "ann", "approver");
        string[] changes =
        [
            "incidents/x/approve", "incidents/x/allow-repair", "incidents/x/judge", "pauses", "pauses/resume",
            "playbooks/restart-loop/promote", "dead-letters/1/retry", "tokens", "tokens/ann/revoke",
        ];

        foreach (var path in changes)
            Assert.Equal(
                (path, HttpStatusCode.Forbidden), (path, await PostAsync(viewer, path, new { scope = "everything", role = "admin" })));
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(new Uri("/api/v1/tokens", UriKind.Relative), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(approver, "incidents/x/approve", new { reason = "r", actor = "bob" }));
        foreach (var word in (string[])["0", "1", "7", "-1", "false,undone", "", " false"])
            Assert.Equal((word, HttpStatusCode.BadRequest), (word, await PostAsync(approver, "incidents/x/judge", new { word })));
        foreach (var word in (string[])["2", "3", "99", "approve,auto", "observe, auto", "off", "0"])
            Assert.Equal(
                (word, HttpStatusCode.BadRequest),
                (word, await PostAsync(server.Operator, "playbooks/restart-loop/promote", new { word })));
        foreach (var role in (string[])["3", "viewer,admin", "99"])
            Assert.Equal(
                (role, HttpStatusCode.BadRequest),
                (role, await PostAsync(server.Operator, "tokens", new { name = "mal", role, days = 1 })));
    }

    [Fact]
    public async Task Metrics_WhereTheyNeedAToken_AreForThoseWhoMaySeeStatus()
    {
        await using var server = await StartAsync("--set", "Access:MetricsNeedToken=true");
        using var viewer = await AsAsync(server, "eve", "viewer");

        RefusedIs(await RawAsync(server, "GET /metrics", ""), "without a token");
        RefusedIs(await RawAsync(server, "POST /metrics/", ""), "by another method");
        using var webhook = await server.Webhook.GetAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.Unauthorized, webhook.StatusCode);
        Assert.Contains("remediator_ready", await viewer.GetStringAsync("/metrics", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RevokedToken_IsRefused_OnTheVeryConnectionThatItWasLetInOn()
    {
        await using var server = await StartAsync();
        using var ada = await AsAsync(server, "ada", "operator");
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync(new Uri("/api/v1/incidents", UriKind.Relative), Token)).StatusCode);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(server.Operator, "tokens/ada/revoke", new { reason = "stolen" }));

        Assert.Equal(HttpStatusCode.Unauthorized, (await ada.GetAsync(new Uri("/api/v1/incidents", UriKind.Relative), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(ada, "pauses", new { scope = "everything", reason = "r" }));
    }

    [Theory]
    [InlineData("incidents?status=%00")]
    [InlineData("incidents?resource=%00")]
    [InlineData("incidents?resource=a/%00/%ff")]
    [InlineData("incidents?namespace=%00")]
    [InlineData("incidents?limit=-1")]
    [Trait("Needs", "Postgres")]
    public async Task QuestionThatNoRowCanMatch_IsNoFaultOfTheServer(string question)
    {
        await using var database = new PostgresDatabase();
        await using var server = await StartAsync(
            "--set", $"Journal:Postgres={database.Connection}", "--set", $"Journal:PostgresPasswordFile={database.PasswordFile}");

        using var answer = await server.Operator.GetAsync(new Uri($"/api/v1/{question}", UriKind.Relative), Token);

        Assert.Equal((HttpStatusCode.OK, "[]"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token)));
    }

    /// <summary>The cluster knows the caller and allows nothing where it is asked: as for incidents of another team's namespace.</summary>
    [Fact]
    public async Task CallerOfAnotherNamespace_LearnsNoIds_ByTryingHowTheyBegin()
    {
        string[] ids;
        await using (var before = await StartAsync())
        {
            await DeliverAsync(before, "billing", "ledger");
            ids = await Wait.ForAsync("two incidents", async () => await IdsAsync(before) is { Length: 2 } two ? two : null, Token);
        }

        await using var api = await HttpEndpoint.StartAsync();
        api.Always("POST", "/apis/authentication.k8s.io/v1/tokenreviews", new(201, """
            {"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview",
             "status":{"authenticated":true,"user":{"username":"mallory"},"audiences":["remediator"]}}
            """));
        api.Always("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", new(201, """
            {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","status":{"allowed":false}}
            """));
        await File.WriteAllTextAsync(_folder.File("kubeconfig"), $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"none","contexts":[{"name":"none","context":{"cluster":"c","user":"u"}}],
             "clusters":[{"name":"c","cluster":{"server":"{{{api.Url}}}"}}],"users":[{"name":"u","user":{"token":"t"}}]}
            """, Token);
        await using var server = await StartAsync("--kubeconfig", _folder.File("kubeconfig"), "--set", "Access:Kubernetes=true");
        using var mallory = Client(server, "head.payload.signature");

        var common = string.Concat(ids[0].TakeWhile((c, i) => ids[1][i] == c));
        foreach (var id in (string[])[common, ids[0][..^1]])
        {
            using var answer = await mallory.GetAsync(new Uri($"/api/v1/incidents/{id}", UriKind.Relative), Token);
            Assert.Equal(
                (HttpStatusCode.NotFound, $$"""{"error":"There is no incident '{{id}}'."}"""),
                (answer.StatusCode, Unescaped(await answer.Content.ReadAsStringAsync(Token))));
        }

        using var known = await mallory.GetAsync(new Uri($"/api/v1/incidents/{ids[0]}", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.Forbidden, known.StatusCode);
        using var all = await server.Operator.GetAsync(new Uri($"/api/v1/incidents/{common}", UriKind.Relative), Token);
        Assert.Contains(ids[1], await all.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void RefusedIs(string answer, string request)
    {
        var status = answer.Split(' ') is ["HTTP/1.1", var code, ..] ? code : "no answer";
        Assert.True(
            status is "400" or "401" or "404" or "405" or "431" or "501" && !answer.Contains("uptime", StringComparison.Ordinal),
            $"{request[..Math.Min(request.Length, 200)]} was answered with {status}: {answer[..Math.Min(answer.Length, 500)]}");
    }

    /// <summary>As no client would send it.</summary>
    private static async Task<string> RawAsync(RemediatorProcess server, string line, string header)
    {
        var address = server.Webhook.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Token);
        var stream = client.GetStream();
        var request = $"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"
            + $"{(header.Length > 0 ? $"{header}\r\n" : "")}\r\n";
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        }
        catch (IOException)
        {
            // it has answered, and reads no more of what is too long
        }

        try
        {
            return await new StreamReader(stream).ReadToEndAsync(Token).WaitAsync(Wait.Patience, Token);
        }
        catch (IOException)
        {
            return "HTTP/1.1 431 (the connection was reset before the answer could be read)";
        }
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync($"/api/v1/{path}", body, Token);
        return answer.StatusCode;
    }

    private static async Task DeliverAsync(RemediatorProcess server, string space, string name)
    {
        using var answer = await server.Webhook.PostAsJsonAsync(
            "/api/v1/alerts/alertmanager",
            new
            {
                version = "4",
                alerts = Enumerable.Range(0, 2).Select(n => new
                {
                    status = "firing",
                    labels = new { alertname = "Odd", @namespace = space, deployment = $"{name}-{n}" },
                    startsAt = "2026-11-23T10:00:00Z",
                }),
            },
            Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string[]> IdsAsync(RemediatorProcess server) =>
        [.. (await server.Operator.GetFromJsonAsync<JsonElement>("/api/v1/incidents", Token)).EnumerateArray()
            .Select(i => i.GetProperty("id").GetString()!)];

    private static string Unescaped(string json) => json.Replace("\\u0027", "'", StringComparison.Ordinal);

    private static async Task<HttpClient> AsAsync(RemediatorProcess server, string name, string role)
    {
        using var answer = await server.Operator.PostAsJsonAsync("/api/v1/tokens", new { name, role, days = 1 }, Token);
        answer.EnsureSuccessStatusCode();
        return Client(server, (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString()!);
    }

    /// <summary>One connection, which is kept.</summary>
    private static HttpClient Client(RemediatorProcess server, string token) => new(new SocketsHttpHandler { MaxConnectionsPerServer = 1 })
    {
        BaseAddress = server.Webhook.BaseAddress,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    private Task<RemediatorProcess> StartAsync(params string[] arguments) =>
        RemediatorProcess.StartAsync(_folder.File("data"), arguments, new Dictionary<string, string>(), Token);
}
