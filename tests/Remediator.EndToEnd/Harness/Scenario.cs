using System.Text.Json;
using Remediator.Core.Events;
using Remediator.Core.Journal;

namespace Remediator.EndToEnd.Harness;

/// <summary>One namespace, one Alertmanager and one engine between them, all real; everything ends with it.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    /// <summary>What one second of a playbook means here. Kubernetes' own times (back-off, probes) stay as they are.</summary>
    public const double DurationScale = 0.05;

    private readonly Workspace _files;
    private AlertmanagerProcess? _alertmanager;

    private Scenario(Workspace files, Sandbox sandbox, FaultProxy proxy, EngineProcess engine)
    {
        _files = files;
        Sandbox = sandbox;
        Proxy = proxy;
        Engine = engine;
    }

    public Sandbox Sandbox { get; }

    /// <summary>Between the engine and the API server; counts what the engine writes.</summary>
    public FaultProxy Proxy { get; }

    public EngineProcess Engine { get; }

    public AlertmanagerProcess Alertmanager => _alertmanager!;

    public static async Task<Scenario> CreateAsync(string name, ScenarioOptions? options = null)
    {
        options ??= new();
        var sandbox = await Sandbox.CreateAsync(name);
        var files = new Workspace(name);
        var proxy = await FaultProxy.StartAsync(sandbox.Kubeconfig, files["kubeconfig"]);
        var alertmanagerPort = FreePort.Take();
        var settings = new Dictionary<string, string>
        {
            ["Engine:Mode"] = "auto",
            ["Engine:DurationScale"] = DurationScale.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Engine:TakeoverMargin"] = "00:00:02",
            // proofs of freshness every few seconds instead of every 20
            ["Facts:WatchSeconds"] = "2",
            ["Facts:PublishEvery"] = "00:00:00.3",
            // longer than the kubelet's first back-offs, which do not scale
            ["Facts:CrashWindow"] = "00:40:00",
            ["Facts:GoodAfter"] = "00:00:10",
            ["Cluster:Kubeconfig"] = files["kubeconfig"],
            ["Alertmanagers:0:Name"] = "main",
            ["Alertmanagers:0:Urls:0"] = $"http://127.0.0.1:{alertmanagerPort}",
        };
        foreach (var (key, value) in options.Settings)
            settings[key] = value;
        if (options.Rules is { } rules)
            settings["Definitions:Rules"] = Write(files, "rules", rules);
        if (options.Playbooks is { } playbooks)
            settings["Definitions:Playbooks"] = Write(files, "playbooks", playbooks);
        else if (!options.RepairFails && !settings.ContainsKey("Definitions:Playbooks"))
            settings["Definitions:Playbooks"] = HostScenario.PatientPlaybooks(files);
        var engine = new EngineProcess(files, options.DataFolder ?? files["data"], settings);
        var scenario = new Scenario(files, sandbox, proxy, engine);
        try
        {
            scenario._alertmanager = await AlertmanagerProcess.StartAsync(
                options.Routes?.Invoke(engine) ?? Routes(engine, options.MaxAlerts), port: alertmanagerPort);
            return scenario;
        }
        catch
        {
            await scenario.DisposeAsync();
            throw;
        }
    }

    public static async Task<Scenario> StartAsync(string name, ScenarioOptions? options = null)
    {
        var scenario = await CreateAsync(name, options);
        try
        {
            await scenario.Engine.StartAsync(options?.Failpoint);
            return scenario;
        }
        catch
        {
            await scenario.DisposeAsync();
            throw;
        }
    }

    public IReadOnlyList<Story> Stories() => Story.Read(Engine.DataFolder, Sandbox.Namespace);

    /// <summary>Those of nodes, zones and the cluster.</summary>
    public IReadOnlyList<Story> NodeStories() => Story.Read(Engine.DataFolder, "");

    /// <summary>Waits for a story of this scenario's namespace of which something is true.</summary>
    public Task<Story> AwaitStoryAsync(string what, Func<Story, bool> isIt, TimeSpan? within = null) => Wait.ForAsync(
        what, () => Task.FromResult(Stories().LastOrDefault(isIt)), TestContext.Current.CancellationToken, ExplainAsync, within);

    public Task<Story> AwaitClosedAsync(TimeSpan? within = null) =>
        AwaitStoryAsync("a closed incident", s => s.Has<IncidentClosed>(), within);

    public Task AwaitAsync(string what, Func<Task<bool>> look, TimeSpan? within = null) =>
        Wait.UntilAsync(what, look, TestContext.Current.CancellationToken, ExplainAsync, within);

    /// <summary>Everything that is in the cluster now is in the engine's view.</summary>
    public Task AwaitSeenAsync()
    {
        var mark = TimeProvider.System.GetTimestamp();
        return AwaitAsync("a view of the engine as new as the cluster", async () =>
            await ViewAgeAsync() < TimeProvider.System.GetElapsedTime(mark).TotalSeconds);
    }

    /// <summary>Seconds.</summary>
    public async Task<double> ViewAgeAsync() => await Engine.MetricAsync("remediator_facts_view_age") ?? double.MaxValue;

    public async Task<bool> IsInboxEmptyAsync() => await Engine.MetricAsync("remediator_inbox_waiting") == 0;

    /// <summary>A file of this scenario's own.</summary>
    public string File(string name) => _files[name];

    /// <summary>All events of the journal, as <c>audit export</c> gives them.</summary>
    public async Task<IReadOnlyList<Event>> ExportAsync()
    {
        await Engine.ExportAsync(File("export.jsonl"));
        return [.. System.IO.File.ReadLines(File("export.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("line").GetString() == "event")
            .Select(line => EventCodec.Read(
                line.GetProperty("type").GetString()!, line.GetProperty("schema").GetInt32(), line.GetProperty("payload").GetString()!))];
    }

    /// <summary>Releases the step that waits for a person, as a person does.</summary>
    public async Task ApproveAsync(Story story)
    {
        var (code, output) = await Engine.VerbAsync("approve", story.Incident.Id, "--reason", "looked at it");
        // a server that answered too late has heard it
        Assert.True(
            code == 0 || Stories().Any(s => s.Incident.Id == story.Incident.Id && s.Has<ApprovalGiven>()),
            $"approve ended with {code}: {output}");
    }

    /// <summary>What <c>audit show</c> tells of it.</summary>
    public async Task<string> ShowAsync(Story story)
    {
        var (code, output) = await Engine.VerbAsync("audit", "show", story.Incident.Id);
        Assert.True(code == 0, $"audit show ended with {code}: {output}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        if (_alertmanager is not null)
            await _alertmanager.DisposeAsync();
        await Proxy.DisposeAsync();
        await Sandbox.DisposeAsync();
        _files.Dispose();
    }

    public async Task<string> ExplainAsync()
    {
        var told = new List<string> { await Sandbox.DescribeAsync() };
        try
        {
            foreach (var story in Stories().Concat(NodeStories()))
                told.Add(await ShowAsync(story));
        }
        catch (StoreUnavailableException e)
        {
            told.Add($"The journal cannot be read: {e.Message}");
        }

        told.Add($"Last lines of the server:\n{Engine.Tail}");
        return string.Join("\n\n", told);
    }

    /// <summary>One receiver, the engine, and a route that catches the engine's own alerts.</summary>
    private static string Routes(EngineProcess engine, int maxAlerts) => $"""
        global:
          resolve_timeout: 1h
        route:
          receiver: remediator
          group_by: [alertname, namespace]
          group_wait: 1s
          group_interval: 1s
          repeat_interval: 10s
          routes:
            - matchers: [ 'alertname="RemediationFailed"' ]
              receiver: people
        receivers:
          - name: people
          - name: remediator
            webhook_configs:
              - url: {engine.Url}/api/v1/alerts/alertmanager/main
                send_resolved: true
                max_alerts: {maxAlerts}
                http_config:
                  authorization:
                    credentials_file: {engine.TokenFile}
        """;

    private static string Write(Workspace files, string folder, string yaml)
    {
        Directory.CreateDirectory(files[folder]);
        System.IO.File.WriteAllText(Path.Combine(files[folder], "test.yaml"), yaml);
        return files[folder];
    }
}

internal sealed record ScenarioOptions
{
    /// <summary>Beside those that every scenario has; these weigh more.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>YAML instead of the rules that ship.</summary>
    public string? Rules { get; init; }

    /// <summary>YAML instead of the playbooks that ship.</summary>
    public string? Playbooks { get; init; }

    /// <summary>The scenario waits for the end of a verification: it lasts as long as the playbooks that ship say, scaled.</summary>
    public bool RepairFails { get; init; }

    public string? Failpoint { get; init; }

    /// <summary>The receiver's <c>max_alerts</c>; 0 for no limit.</summary>
    public int MaxAlerts { get; init; }

    /// <summary>Alertmanager's configuration; null for the harness's own.</summary>
    public Func<EngineProcess, string>? Routes { get; init; }

    /// <summary>Null for one of its own.</summary>
    public string? DataFolder { get; init; }
}
