using System.Text.Json;
using Remediator.Core.Events;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Server.Tests.Pages;

/// <summary>
/// The real server and the real Alertmanager, which tells the server at once and people three seconds later, over a pretended cluster of
/// one workload that can be repaired and one that cannot.
/// </summary>
internal sealed class PagedPeople : IAsyncDisposable
{
    public const string Curable = "curable";
    public const string Incurable = "incurable";
    public const string Link = "https://remediator.example.com/api/v1/incidents/";


    private readonly TemporaryFolder _folder = new();
    private readonly FakeCluster _cluster;
    private readonly HttpEndpoint _pager;

    private PagedPeople(FakeCluster cluster, HttpEndpoint pager, AlertmanagerProcess alertmanager) =>
        (_cluster, _pager, Alertmanager) = (cluster, pager, alertmanager);

    public AlertmanagerProcess Alertmanager { get; }

    public RemediatorProcess Server { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="failpoint">Where the server is to be killed.</param>
    /// <param name="atMost">How long a page is held, at fifty times the speed.</param>
    public static async Task<PagedPeople> StartAsync(string? failpoint = null, string atMost = "2h", string within = "1000s")
    {
        Assert.SkipUnless(AlertmanagerProcess.IsInstalled, "There is no prometheus-alertmanager on this machine; tests/run installs it.");
        var people =
            new PagedPeople(await FakeCluster.StartAsync(), await HttpEndpoint.StartAsync(), await AlertmanagerProcess.StartAsync());
        people._pager.Otherwise = new(200);
        people._cluster.Add(new(Curable, Curable, _ => true));
        people._cluster.Add(new(Incurable, Incurable, _ => false));
        people.WriteDefinitions(atMost, within);
        await people.StartServerAsync(failpoint);
        await people.Alertmanager.ReloadAsync(people.Routes());
        return people;
    }

    public async Task StartServerAsync(string? failpoint = null) => Server = await RemediatorProcess.StartAsync(
        _folder.File("data"), Arguments(), Failpoints.Environment(failpoint), Token);

    /// <summary>The playbook repairs what it can, so that its record is good.</summary>
    public async Task EarnAsync()
    {
        await FireAsync(Curable);
        await EventAsync<IncidentClosed>(Curable);
        await UntilAsync("the record of the playbook", async () =>
            (await GetAsync("status")).GetProperty("verifiedRuns").TryGetProperty("crash", out var runs) && runs.GetInt32() > 0);
    }

    public Task FireAsync(string workload) => Alertmanager.FireAsync(Labels(workload));

    public Dictionary<string, string> Labels(string workload) => new()
    {
        ["alertname"] = "KubePodCrashLooping",
        ["container"] = "app",
        ["namespace"] = workload,
        ["pod"] = _cluster.CrashingPods(workload)[0],
        ["severity"] = "warning",
    };

    public Task<SeenSilence> SilenceAsync(string what, Func<SeenSilence, bool> isIt) => Alertmanager.AwaitSilenceAsync(what, isIt);

    /// <summary>When people were first paged for a workload.</summary>
    public async Task<DateTimeOffset> PagedAsync(string workload)
    {
        SeenRequest? page = null;
        await UntilAsync(
            $"a page for {workload}",
            () => Task.FromResult((page = _pager.Of("POST", "/page")
                .FirstOrDefault(p => p.Body.Contains($"\"namespace\":\"{workload}\"", StringComparison.Ordinal))) is not null));
        return page!.At;
    }

    /// <summary>The first such event of a workload's incident.</summary>
    public async Task<T> EventAsync<T>(string workload)
        where T : Event
    {
        T? found = null;
        await UntilAsync($"{typeof(T).Name} of {workload}", async () =>
            (found = (await EventsAsync(workload)).OfType<T>().FirstOrDefault()) is not null);
        return found!;
    }

    public async Task<IReadOnlyList<Event>> EventsAsync(string workload) => await IncidentAsync(workload) is not { } incident
        ? []
        : [.. (await GetAsync($"incidents/{incident.GetProperty("id").GetString()}")).GetProperty("events").EnumerateArray()
            .Select(e => EventCodec.Read(e.GetProperty("type").GetString()!, EventCodec.Schema, e.GetProperty("payload").GetRawText()))];

    public async Task<JsonElement?> IncidentAsync(string workload) =>
        (await GetAsync("incidents"))
            .EnumerateArray()
            .Where(i => i.GetProperty("name").GetString() == workload)
            .Select(i => (JsonElement?)i)
            .FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Alertmanager.DisposeAsync();
        await _pager.DisposeAsync();
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        await using var answer = await Server.Operator.GetStreamAsync(new Uri($"/api/v1/{path}", UriKind.Relative), Token);
        return (await JsonDocument.ParseAsync(answer, cancellationToken: Token)).RootElement;
    }

    private Task UntilAsync(string what, Func<Task<bool>> look) =>
        Wait.UntilAsync(what, look, Token, () => Task.FromResult(Server.Story()));

    private IEnumerable<string> Arguments() =>
    [
        "--mode", "auto", "--kubeconfig", _folder.File("kubeconfig"), "--rules", _folder.File("rules"), "--playbooks",
        _folder.File("playbooks"), "--policy", _folder.File("policy.yaml"),
        "--set", "ExternalUrl=https://remediator.example.com",
        "--set", "Engine:DurationScale=0.02",
        "--set", "Engine:TakeoverMargin=00:00:01",
        "--set", "Facts:PublishEvery=00:00:00.1",
        "--set", "Alertmanagers:0:Name=main",
        "--set", $"Alertmanagers:0:Urls:0={Alertmanager.Url}",
    ];

    /// <param name="within">How long a repair has to show that it helped: of 1000 s there are twenty, see the scale above.</param>
    private void WriteDefinitions(string atMost, string within)
    {
        Directory.CreateDirectory(_folder.File("rules"));
        Directory.CreateDirectory(_folder.File("playbooks"));
        File.WriteAllText(_folder.File("kubeconfig"), _cluster.Kubeconfig());
        File.WriteAllText(_folder.File("rules/crash.yaml"), """
            rules:
              - rule: crash
                alert: KubePodCrashLooping
                when: [ 'on(namespace, workload, workload_kind) container{crashing="true"}' ]
                then: { run: crash }
            """);
        File.WriteAllText(_folder.File("playbooks/crash.yaml"), $$"""
            playbook: crash
            resource: [deployment]
            problem: [ 'container{crashing="true"}' ]
            mode: auto
            limits: { attempts: 9 per 1h, cooldown: 30s }
            ladder:
              - step: evict the bad pod
                use: kubernetes.evict-pod
                with: { which: crashing }
                verify: { use: kubernetes.workload-ready, within: {{within}}, stable: 15s }
            escalate: { severity: critical, message: "{{"{{ resource }}"}} keeps crashing" }
            """);
        File.WriteAllText(_folder.File("policy.yaml"), $"pages: [ {{ hold: true, verified_runs: 1, at_most: {atMost} }} ]\n");
    }

    /// <summary>People hear of what still fires after three seconds, and then each second of what changes.</summary>
    private string Routes() => $"""
        route:
          receiver: people
          group_by: [namespace]
          group_wait: 3s
          group_interval: 1s
          routes:
            - receiver: remediator
              continue: true
              group_wait: 0s
              group_interval: 1s
            - receiver: people
        receivers:
          - name: people
            webhook_configs: [ {"{"} url: "{_pager.Url}page" {"}"} ]
          - name: remediator
            webhook_configs:
              - url: {Server.Webhook.BaseAddress}api/v1/alerts/alertmanager/main
                http_config: {"{"} authorization: {"{"} credentials_file: "{_folder.File("data/webhook.token")}" {"}"} {"}"}
        """;
}
