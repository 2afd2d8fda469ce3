using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Remediator.Testing;

namespace Remediator.Server.Tests.Access;

/// <summary>The real program: who is let in, when that is asked, and in whose name things are journalled.</summary>
public sealed class FrontDoorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/incidents/x/approve")]
    [InlineData("/api/v1/incidents/x/allow-repair")]
    [InlineData("/api/v1/incidents/x/judge")]
    [InlineData("/api/v1/pauses")]
    [InlineData("/api/v1/pauses/resume")]
    [InlineData("/api/v1/playbooks/x/promote")]
    [InlineData("/api/v1/dead-letters/1/retry")]
    [InlineData("/api/v1/alerts/alertmanager")]
    public async Task Body_IsNotReadBeforeItsSenderIsKnown(string path)
    {
        await using var server = await StartAsync();
        var address = server.Webhook.BaseAddress!;

        var malformed = await PostAsync(server, path, null, "{ not json");
        // 30 MB are announced, and not one byte of them is sent
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Token);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 31457280\r\n\r\n"),
            Token);
        var line = await new StreamReader(stream).ReadLineAsync(Token).AsTask().WaitAsync(Wait.Patience, Token);

        Assert.Equal((HttpStatusCode.Unauthorized, "HTTP/1.1 401 Unauthorized"), (malformed.StatusCode, line));
    }

    /// <summary>Whoever tries the API with curl learns what to send.</summary>
    [Fact]
    public async Task RequestThatCannotBeRead_IsAnsweredWithWhatToSend()
    {
        await using var server = await StartAsync();
        (string Path, string Type, string? Body, HttpStatusCode Status, string Says)[] requests =
        [
            ("pauses", "application/x-www-form-urlencoded", """{"scope":"everything"}""", HttpStatusCode.UnsupportedMediaType,
                "Content-Type: application/json"),
            ("pauses", "application/json", """{"scope":""", HttpStatusCode.BadRequest, "a JSON object"),
            ("pauses", "application/json", "null", HttpStatusCode.BadRequest, "a JSON object"),
            ("pauses", "application/json", """{"scope":"everything","reason":"\ud800"}""", HttpStatusCode.BadRequest, "a JSON object"),
            ("incidents?limit=abc", "", null, HttpStatusCode.BadRequest, "a number"),
            ("nothing", "application/json", "{}", HttpStatusCode.NotFound, "There is nothing at POST /api/v1/nothing."),
        ];
        foreach (var (path, type, body, status, says) in requests)
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, $"/api/v1/{path}");
            request.Content = body is null ? null : new StringContent(body, new MediaTypeHeaderValue(type));
            using var answer = await server.Operator.SendAsync(request, Token);
            Assert.Equal((path, body, status), (path, body, answer.StatusCode));
            Assert.Contains(
                says, (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error").GetString(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Body_OfACaller_IsBounded()
    {
        await using var server = await StartAsync();

        using var body = new StringContent($$"""{"reason":"{{new string('x', 100_000)}}"}""", Encoding.UTF8, "application/json");
        using var answer = await server.Operator.PostAsync(new Uri("/api/v1/incidents/x/approve", UriKind.Relative), body, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Journal_NamesThePrincipal_AndABodyThatNamesAnother_IsRefused()
    {
        await using var server = await StartAsync();

        using var refused =
            await server.Operator.PostAsJsonAsync("/api/v1/pauses", new { scope = "everything", reason = "sale", actor = "ann" }, Token);
        using var paused = await server.Operator.PostAsJsonAsync("/api/v1/pauses", new { scope = "everything", reason = "sale" }, Token);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (refused.StatusCode, paused.StatusCode));
        Assert.Contains("is not taken from the body", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains(
            "everything is paused by operator.token: sale", (await RunAsync("status", "--data", "data")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CredentialOfTheWebhook_DeliversAlerts_AndOpensNothingElse()
    {
        await using var server = await StartAsync();
        var webhook = server.Webhook.DefaultRequestHeaders.Authorization!.Parameter;
        string[] posts = [
            "incidents/x/approve", "incidents/x/allow-repair", "incidents/x/judge", "pauses", "pauses/resume", "playbooks/x/promote",
            "dead-letters/1/retry"];

        foreach (var path in posts)
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(server, $"/api/v1/{path}", webhook, "{}")).StatusCode);
        foreach (var path in (string[])["status", "incidents", "incidents/x"])
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await server.Webhook.GetAsync(new Uri($"/api/v1/{path}", UriKind.Relative), Token)).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (await PostAsync(server, "/api/v1/alerts/alertmanager", webhook, """{"version":"4","alerts":[]}""")).StatusCode);
        using var health = await server.Webhook.GetAsync(new Uri("/readyz", UriKind.Relative), Token);
        Assert.DoesNotContain("problem", await health.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.Webhook.GetAsync(new Uri("/api/v1/alerts/alertmanger", UriKind.Relative), Token)).StatusCode);
    }

    [Theory]
    [InlineData("operator.token", "/api/v1/pauses/resume", """{"scope":"everything"}""")]
    [InlineData("webhook.token", "/api/v1/alerts/alertmanager", """{"version":"4","alerts":[]}""")]
    public async Task TokenFile_ThatIsReplaced_IsUsedWithoutARestart_AndAnEmptyOneIsNot(string name, string path, string body)
    {
        await using var server = await StartAsync();
        var file = _folder.File($"data/{name}");
        var first = (await File.ReadAllTextAsync(file, Token)).Trim();
        async Task<bool> LetsInAsync(string token) =>
            (await PostAsync(server, path, token, body)).StatusCode is not HttpStatusCode.Unauthorized;
        Assert.True(await LetsInAsync(first));

        await File.WriteAllTextAsync(file, "", Token);
        await Wait.UntilAsync(
            "a line that the file is empty",
            () => server.Log.Any(l => l.Contains("cannot be used", StringComparison.Ordinal) && l.Contains(name, StringComparison.Ordinal)),
            Token);
        Assert.True(await LetsInAsync(first));

        // the new one first, so that both are let in while what uses it is changed
        const string Second = "the-second-token-of-this-test";
        await File.WriteAllTextAsync(file, $"{Second}\n{first}\n", Token);
        await Wait.UntilAsync("the new token to be let in", () => LetsInAsync(Second), Token);
        Assert.True(await LetsInAsync(first));

        await File.WriteAllTextAsync(file, Second, Token);
        await Wait.UntilAsync("the old token to be refused", async () => !await LetsInAsync(first), Token);
        Assert.True(await LetsInAsync(Second));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<HttpResponseMessage> PostAsync(RemediatorProcess server, string path, string? token, string body)
    {
        using var client = new HttpClient { BaseAddress = server.Webhook.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
            { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request, Token);
    }

    private Task<RemediatorProcess> StartAsync() =>
        RemediatorProcess.StartAsync(_folder.File("data"), [], new Dictionary<string, string>(), Token);

    private Task<ProgramResult> RunAsync(params string[] arguments) => RemediatorProgram.RunAsync(arguments, _folder.Path, Token);
}
