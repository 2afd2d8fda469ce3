using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>The real program in a folder of its own, before an API server of this process; it can be killed and started again.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    /// <summary>
    /// The runtime's own default: https://learn.microsoft.com/dotnet/core/runtime-config/garbage-collector#heap-hard-limit.
    /// </summary>
    private const double HeapShareOfContainer = 0.75;

    private readonly string _program;
    private readonly (string Name, string Value)[] _settings;
    private readonly StringBuilder _errors = new();
    private Process? _process;

    public EngineProcess(string program, string apiServer, params (string Name, string Value)[] settings)
    {
        (_program, _settings) = (program, settings);
        Folder = Directory.CreateTempSubdirectory("remediator-benchmark-").FullName;
        Definitions(Folder);
        File.WriteAllText(Path.Combine(Folder, "kubeconfig"), Kubeconfig(apiServer));
    }

    public string Folder { get; }

    public string DataFolder
    {
        get => field ?? Path.Combine(Folder, "data");
        init;
    }

    /// <summary>Size of the container whose memory limit the runtime is to keep to; none without it.</summary>
    public int? ContainerMegabytes { get; init; }

    /// <summary>Processor time so far.</summary>
    public TimeSpan Busy
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory that it has had resident, in MB.</summary>
    public double PeakMegabytes => StatusMegabytes("VmHWM:");

    /// <summary>What is resident now, in MB.</summary>
    public double Megabytes => StatusMegabytes("VmRSS:");

    /// <summary>Lets <see cref="PeakMegabytes"/> begin at what is resident now.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{_process!.Id}/clear_refs", "5");

    /// <returns>A client that may deliver alerts, once the program listens.</returns>
    public async Task<HttpClient> StartAsync()
    {
        var address = Path.Combine(DataFolder, "server.address");
        Directory.CreateDirectory(DataFolder);
        File.Delete(address);
        _process = Start();
        await Wait.UntilAsync("a program that listens", () =>
            _process.HasExited || new FileInfo(address) is { Exists: true, Length: > 0 }, CancellationToken.None);
        if (_process.HasExited)
            throw new BenchmarkFailedException($"{_program} ended with {_process.ExitCode} before it listened. {_errors}");
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
            { BaseAddress = new(await File.ReadAllTextAsync(address)), Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(DataFolder, "webhook.token"))).Trim());
        return client;
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public static Task UntilReadyAsync(HttpClient client) => Wait.UntilAsync(
        "a program that is ready", async () =>
            (await client.GetAsync("/readyz")).IsSuccessStatusCode, CancellationToken.None, () => client.GetStringAsync("/readyz"));

    /// <summary>A value of <c>/metrics</c>.</summary>
    public static async Task<double> MetricAsync(HttpClient client, string name) => (await MetricsAsync(client, name))[0].Value;

    /// <summary>Of all labels together; 0 where nothing was counted yet.</summary>
    public static async Task<double> SumAsync(HttpClient client, string name) => (await MetricsAsync(client, name)).Sum(m => m.Value);

    /// <summary>Each line of <c>/metrics</c> that begins so.</summary>
    public static async Task<IReadOnlyList<(string Line, double Value)>> MetricsAsync(HttpClient client, string name) =>
        [.. (await client.GetStringAsync("/metrics")).Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal))
            .Select(l => (l, double.Parse(l[l.LastIndexOf('}')..].Split(' ')[1], CultureInfo.InvariantCulture)))];

    /// <summary>Of the workload with this number, about its crashing pod.</summary>
    public static string Alert(int workload, string name) =>
        $$$"""{"status":"firing","labels":{"alertname":"{{{name}}}","container":"app","namespace":"ns{{{workload}}}","pod":"w{{{workload}}}-abc-a","job":"kube-state-metrics"},"annotations":{},"startsAt":"2026-11-23T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"{{{name}}}{{{workload:x16}}}"}""";

    public static async Task PostAsync(HttpClient client, IEnumerable<string> alerts)
    {
        using var content =
            new StringContent($$"""{"version":"4","alerts":[{{string.Join(',', alerts)}}]}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/api/v1/alerts/alertmanager", content);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private double StatusMegabytes(string field) =>
        File.ReadLines($"/proc/{_process!.Id}/status").Where(l => l.StartsWith(field, StringComparison.Ordinal))
        .Select(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024).Single();

    private Process Start()
    {
        var start = new ProcessStartInfo(_program)
        {
            ArgumentList = {
                "serve",
                "--data",
                DataFolder,
                "--listen",
                "http://127.0.0.1:0",
                "--mode",
                "auto",
                "--kubeconfig",
                Path.Combine(Folder, "kubeconfig"),
                "--rules",
                Path.Combine(Folder, "rules"),
                "--playbooks",
                Path.Combine(Folder, "playbooks") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["REMEDIATOR_LOGLEVEL"] = "Warning";
        var policy = Path.Combine(Folder, "policy.yaml");
        if (!File.Exists(policy))
            File.WriteAllText(policy, BurstsAreWanted);
        start.Environment["REMEDIATOR_DEFINITIONS__POLICY"] = policy;
        foreach (var (name, value) in _settings)
            start.Environment[$"REMEDIATOR_{name}"] = value;
        if (ContainerMegabytes is { } megabytes)
            start.Environment["DOTNET_GCHeapHardLimit"] = ((long)(megabytes * HeapShareOfContainer) << 20).ToString("x");
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>For a policy: what is measured is many repairs at once, and some that fail.</summary>
    public const string BurstsAreWanted = "slow_start: { first: 10000, failures: 10000 }\n";

    private static void Definitions(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "rules"));
        Directory.CreateDirectory(Path.Combine(folder, "playbooks"));
        File.WriteAllText(Path.Combine(folder, "rules", "crash.yaml"), """
            rules:
              - rule: crash
                alert: '{alertname=~"Kube.*"}'
                when:
                  - on(namespace, workload, workload_kind) container{crashing="true"}
                then:
                  run: restart-loop
            """);
        File.WriteAllText(Path.Combine(folder, "playbooks", "restart-loop.yaml"), """
            playbook: restart-loop
            resource: [deployment]
            problem: [ 'container{crashing="true"}' ]
            mode: auto
            limits: { attempts: 2 per 24h, cooldown: 30m }
            ladder:
              - step: evict the bad pod
                use: kubernetes.evict-pod
                with: { which: crashing }
                verify: { use: kubernetes.workload-ready, within: 10s, stable: 1s }
            escalate: { severity: critical, message: "{{ resource }} keeps restarting" }
            """);
    }

    private static string Kubeconfig(string address) => $$$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "{{{address}}}"}}]
        users: [{name: admin, user: {token: test}}]
        contexts: [{name: test, context: {cluster: test, user: admin}}]
        """;
}
