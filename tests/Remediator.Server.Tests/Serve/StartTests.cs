using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Remediator.Testing;

namespace Remediator.Server.Tests.Serve;

/// <summary>The real program as a user starts it.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Faults_AreAllNamedAtOnce_WithoutATrace()
    {
        var result = await RunAsync(
            "serve", "--data", "./data", "--set", "LogLevel=loud", "--set", "Silo:Port=99999", "--set", "Silo:Address=0.0.0.0", "--set",
            "Sources:Alertmanager:RetryAfterSeconds=0", "--mode", "full");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(
            [
                "remediator: Engine:Mode is 'full'; set observe, approve or auto (or off).",
                "remediator: LogLevel is 'loud'; set one of Verbose, Debug, Information, Warning, Error, Fatal.",
                "remediator: Silo:Address is 0.0.0.0, which is no address that others can reach; set the IP address of this "
                    + "machine or pod.",
                "remediator: Silo:Port is 99999; set it between 0 and 65535, where 0 takes a free port.",
                "remediator: Sources:Alertmanager:RetryAfterSeconds is 0; set it between 1 and 300.",
            ],
            result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    [Fact]
    public async Task Failpoint_IsNoSetting_SoThatAnEnvironmentAloneKillsNoProcess()
    {
        await using var server = RemediatorProcess.Launch(
            _folder.File("data"), [], new Dictionary<string, string> { ["REMEDIATOR_FAILPOINT"] = "during-reload" });

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => server.ListeningAsync(Token));
        Assert.Contains("There is no setting 'FAILPOINT'", $"{refusal.Message} {server.Story()}", StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("data")));
    }

    [Fact]
    public async Task VariableOfTheTests_KillsNothing_WhereTheTestsHaveLoadedNothingThatKills()
    {
        var environment = Failpoints.Environment("after-inbox-commit");
        await using var killed = await RemediatorProcess.StartAsync(_folder.File("killed"), [], environment, Token);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(killed));
        await killed.WaitForExitAsync(Token);
        environment.Remove("DOTNET_STARTUP_HOOKS");
        await using var alive = await RemediatorProcess.StartAsync(_folder.File("alive"), [], environment, Token);
        await PostAsync(alive);

        Assert.Equal((137, null), (killed.ExitCode, alive.ExitCode));
    }

    [Fact]
    public async Task Address_IsTold_WhileTheServerRuns_AndNotAnothersThatIsOver()
    {
        Directory.CreateDirectory(_folder.File("data"));
        await File.WriteAllTextAsync(_folder.File("data/server.address"), "http://127.0.0.1:9", Token);
        await using (var refused = RemediatorProcess.Launch(_folder.File("data"), ["--rules", "nowhere"], new Dictionary<string, string>()))
        {
            await refused.WaitForExitAsync(Token);
        }

        Assert.False(File.Exists(_folder.File("data/server.address")));
        var status = await RunAsync("status", "--data", "data", "--set", "Listen=http://127.0.0.1:1");
        Assert.Contains(
            $"One that is just starting tells its address in {_folder.File("data/server.address")}; try again soon.", status.Error,
            StringComparison.Ordinal);

        await using var server = await StartAsync();
        Assert.Equal(server.Webhook.BaseAddress, new Uri(await File.ReadAllTextAsync(_folder.File("data/server.address"), Token)));
        await server.StopAsync(Token);
        Assert.False(File.Exists(_folder.File("data/server.address")));
    }

    [Fact]
    public async Task DataFolder_InUse_IsNamed()
    {
        await using var server = await StartAsync();

        var result = await RunAsync("serve", "--data", "data", "--listen", "http://127.0.0.1:0");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(
            $"remediator: The data folder {_folder.File("data")} is in use by another running Remediator",
            result.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("status", "--data", "data")).ExitCode);
    }

    [Fact]
    public async Task Address_InUse_IsNamed()
    {
        await using var server = await StartAsync();

        var result = await RunAsync("serve", "--data", "other", "--listen", server.Webhook.BaseAddress!.ToString());

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(
            "address already in use. Stop the other program, or give another address with --listen.", result.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatPeopleSay_ReachesTheServer_AndWhatCannotBeIsSaidInWords()
    {
        await using var server = await StartAsync();
        await PostAsync(server);
        string id = "";
        await Wait.UntilAsync(
            "an incident",
            async () => (id = (await RunAsync("audit", "list", "--data", "data", "--output", "json"))
                .Output.Split("\"id\": \"") is [_, var first, ..]
                ? first[..16]
                : "").Length > 0,
            Token);

        async Task SaysAsync(string expected, int code, params string[] arguments)
        {
            var said = await RunAsync([.. arguments, "--data", "data"]);
            Assert.Equal((expected, code), ((said.Output + said.Error).Trim(), said.ExitCode));
        }

        await SaysAsync(
            "Playbook restart-loop may now do as much as approve, if its file and the settings allow it.",
            0,
            "promote",
            "restart-loop",
            "--to",
            "approve",
            "--reason",
            "as agreed");
        Assert.Contains(
            "remediator: There is no playbook 'restart-lop' in the definitions in force; there are ",
            (await RunAsync("promote", "restart-lop", "--data", "data")).Error, StringComparison.Ordinal);
        await SaysAsync($"Nothing was changed for incident {id}, so there is no repair to judge.", 1, "judge", id, "false");
        await SaysAsync("remediator: There is no incident 'nope'.", 2, "judge", "nope", "undone");
        await SaysAsync($"Incident {id} is not waiting for approval now.", 1, "approve", id);
        Assert.Equal(1, (await RunAsync("allow-repair", id, "--data", "data")).ExitCode);
        await SaysAsync("No playbook has done anything in the last 30 days.", 0, "record");
        Assert.Equal(0, (await RunAsync("audit", "export", "journal.jsonl", "--data", "data")).ExitCode);
        Assert.Contains("playbook-promoted", await File.ReadAllTextAsync(_folder.File("journal.jsonl"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alert_AnsweredWith200_IsThereAfterKill()
    {
        await using (var first = await StartAsync())
        {
            Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":0}""", await PostAsync(first));
            await first.KillAsync(Token);
        }

        await using var second = await StartAsync();

        Assert.Equal("""{"accepted":0,"duplicates":1,"rejected":0}""", await PostAsync(second));
        Assert.Equal(0, await second.StopAsync(Token));
    }

    [Fact]
    public async Task Healthcheck_GoesTheWayOfAnAlert_AndReadinessNamesWhatThereIsNot()
    {
        await using var server = await StartAsync();

        Assert.Equal("ok", await GetAsync(server.Webhook, "/livez"));
        Assert.Equal("""{"status":"ok"}""", await GetAsync(server.Webhook, "/healthcheck"));
        // the answer that all who ask share for a second may be of the start
        await Wait.UntilAsync("a server that says it is ready", async () =>
            (await server.Webhook.GetAsync(new Uri("/readyz", UriKind.Relative), Token)).IsSuccessStatusCode, Token);
        Assert.Equal(
            """{"checks":[{"name":"store","ready":true,"problem":""},{"name":"definitions","ready":true,"problem":""},{"name":"replica","ready":true,"problem":""},{"name":"cluster","ready":true,"problem":"No cluster was found: set KUBECONFIG or Cluster:Kubeconfig, or run inside a cluster."},{"name":"alerts","ready":true,"problem":""},{"name":"facts: hosts","ready":true,"problem":""}],"ready":true}""",
            await GetAsync(server.Operator, "/readyz"));
        Assert.Equal(
            """{"checks":[{"name":"store","ready":true},{"name":"definitions","ready":true},{"name":"replica","ready":true},{"name":"cluster","ready":true},{"name":"alerts","ready":true},{"name":"facts: hosts","ready":true}],"ready":true}""",
            await GetAsync(server.Webhook, "/readyz"));
    }

    [Fact]
    public async Task UnhandledAlert_IsAnIncident_ThatStatusAndAuditShow_WithItsTrace()
    {
        await using var server = await StartAsync();
        server.Webhook.DefaultRequestHeaders.Add("X-Request-Id", "edge-4711");
        await PostAsync(server);
        await GetAsync(server.Webhook, "/healthcheck");

        var status = await RunAsync("status", "--data", "data");
        var list = await RunAsync("audit", "list", "--data", "data", "--output", "json");

        var incident = JsonDocument.Parse(list.Output).RootElement[0];
        Assert.Equal("unhandled", incident.GetProperty("status").GetString());
        Assert.Contains($"{incident.GetProperty("id").GetString()}", status.Output, StringComparison.Ordinal);
        var show = await RunAsync("audit", "show", incident.GetProperty("id").GetString()![..6], "--data", "data");
        Assert.Contains("trace edge-4711", show.Output, StringComparison.Ordinal);
        Assert.Contains("Smoke is firing since 2026-11-23 10:00:00, says alertmanager", show.Output, StringComparison.Ordinal);
        Assert.Contains(server.Log, l => l.Contains("\"traceid\":\"edge-4711\"", StringComparison.Ordinal));
        Assert.All(server.Log, l => Assert.NotEqual("", JsonDocument.Parse(l).RootElement.GetProperty("traceid").GetString()));
    }

    [Fact]
    public async Task Journal_IsVerified_AndAChangedByteOfItsExportIsFound()
    {
        await using (var server = await StartAsync())
        {
            await PostAsync(server);
            await GetAsync(server.Webhook, "/healthcheck");
            await server.StopAsync(Token);
        }

        var store = await RunAsync("audit", "verify", "--data", "data");
        Assert.StartsWith("ok: ", store.Output, StringComparison.Ordinal);
        Assert.Equal(0, store.ExitCode);
        Assert.Equal(0, (await RunAsync("audit", "export", "journal.jsonl", "--data", "data")).ExitCode);
        var key = _folder.File("data/checkpoint-key.pub.pem");
        Assert.Equal(0, (await RunAsync("audit", "verify", "journal.jsonl", "--key", key)).ExitCode);

        var export = _folder.File("journal.jsonl");
        await File.WriteAllTextAsync(
            export, (await File.ReadAllTextAsync(export, Token)).Replace("Smoke", "Snoke", StringComparison.Ordinal), Token);
        var changed = await RunAsync("audit", "verify", "journal.jsonl", "--key", key);

        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("line 2, sequence 1,", changed.Output, StringComparison.Ordinal);
        Assert.Contains("NOT OK: ", changed.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("audit", "export", "journal.jsonl", "--data", "data")).ExitCode);
    }

    [Fact]
    public async Task Approval_NeedsTheOperatorsToken_AndAnIncident()
    {
        await using var server = await StartAsync();

        using var asWebhook = await server.Webhook.PostAsJsonAsync("/api/v1/incidents/x/approve", new { actor = "ann" }, Token);
        using var asOperator = await server.Operator.PostAsJsonAsync("/api/v1/incidents/x/approve", new { reason = "fine" }, Token);
        using var asAnn = await server.Operator.PostAsJsonAsync("/api/v1/incidents/x/approve", new { actor = "ann" }, Token);
        using var delivery =
            await server.Operator.PostAsync(new Uri("/api/v1/alerts/alertmanager", UriKind.Relative), new StringContent("{}"), Token);
        var verb = await RunAsync("approve", "x", "--data", "data");

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized],
            [asWebhook.StatusCode, asOperator.StatusCode, asAnn.StatusCode, delivery.StatusCode]);
        Assert.Equal((2, "remediator: There is no incident 'x'.\n"), (verb.ExitCode, verb.Error));
    }

    [Fact]
    public async Task Metrics_AreThereToScrape()
    {
        await using var server = await StartAsync();
        await PostAsync(server);

        var metrics = await GetAsync(server.Webhook, "/metrics");

        Assert.Contains("remediator_definitions_last_reload_success", metrics, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds", metrics, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Banner_ShowsTheReceiver_AndNoSecret()
    {
        await using var server = await StartAsync();
        await server.StopAsync(Token);
        var banner = string.Join('\n', server.Stderr);

        Assert.Contains($"credentials_file: '{_folder.File("data/webhook.token")}'", banner, StringComparison.Ordinal);
        Assert.DoesNotContain(
            server.Webhook.DefaultRequestHeaders.Authorization!.Parameter!, banner + string.Join('\n', server.Log),
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<RemediatorProcess> StartAsync() =>
        RemediatorProcess.StartAsync(_folder.File("data"), [], new Dictionary<string, string>(), Token);

    private Task<ProgramResult> RunAsync(params string[] arguments) => RemediatorProgram.RunAsync(arguments, _folder.Path, Token);

    private static Task<string> GetAsync(HttpClient client, string path) => client.GetStringAsync(new Uri(path, UriKind.Relative), Token);

    private static async Task<string> PostAsync(RemediatorProcess server)
    {
        using var body = new StringContent("""
            {"version":"4","alerts":[{"status":"firing","labels":{"alertname":"Smoke"},"startsAt":"2026-11-23T10:00:00Z"}]}
            """);
        using var answer = await server.Webhook.PostAsync(new Uri("/api/v1/alerts/alertmanager", UriKind.Relative), body, Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }
}
