using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Remediator.Benchmarks;

/// <summary>From the post of a webhook to the eviction that it leads to: the real program, an API server in this process, no evidence step.</summary>
internal static class ReactionBenchmark
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(string program, IReadOnlyList<int> rates)
    {
        foreach (var rate in rates)
        {
            await MeasureAsync(program, rate);
        }
    }

    private static async Task MeasureAsync(string program, int rate)
    {
        var alerts = rate * (int)Duration.TotalSeconds;
        var warmup = Math.Min(200, alerts);
        await using var cluster = await FakeCluster.StartAsync(alerts + warmup);
        var folder = Directory.CreateTempSubdirectory("remediator-reaction-").FullName;
        Definitions(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "kubeconfig"), Kubeconfig(cluster.Address));
        using var process = Start(program, folder);
        try
        {
            using var client = await ClientAsync(folder, process);
            await PaceAsync(client, Enumerable.Range(alerts, warmup), 50, new());
            await UntilAsync(() => cluster.Evicted.Count >= warmup);

            var sent = new ConcurrentDictionary<int, long>();
            var busyBefore = process.TotalProcessorTime;
            await PaceAsync(client, Enumerable.Range(0, alerts), rate, sent);
            await UntilAsync(() => cluster.Evicted.Count >= alerts + warmup);
            process.Refresh();
            Print(rate, alerts, sent, cluster.Evicted, (process.TotalProcessorTime - busyBefore) / alerts);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(int rate, int alerts, ConcurrentDictionary<int, long> sent, ConcurrentDictionary<int, long> evicted, TimeSpan busy)
    {
        var times = sent.Where(s => evicted.ContainsKey(s.Key)).Select(s => Stopwatch.GetElapsedTime(s.Value, evicted[s.Key]).TotalMilliseconds).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rate}/s for {Duration.TotalSeconds:0} s: {times.Length} of {alerts} acted on; webhook to eviction P50 {At(times, 0.5):0} ms, P90 {At(times, 0.9):0} ms, P99 {At(times, 0.99):0} ms, most {At(times, 1):0} ms; {busy.TotalMilliseconds:0.0} ms of the program's CPU an alert"));
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];

    /// <summary>At a fixed pace, whatever the answers do.</summary>
    private static async Task PaceAsync(HttpClient client, IEnumerable<int> workloads, int rate, ConcurrentDictionary<int, long> sent)
    {
        var posts = new List<Task>();
        var clock = Stopwatch.StartNew();
        foreach (var (workload, i) in workloads.Select((w, i) => (w, i)))
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            while (clock.Elapsed < due)
            {
                await Task.Delay(1);
            }

            sent[workload] = Stopwatch.GetTimestamp();
            posts.Add(PostAsync(client, workload));
        }

        await Task.WhenAll(posts);
    }

    private static async Task PostAsync(HttpClient client, int i)
    {
        var body = $$$"""{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"KubePodCrashLooping","container":"app","namespace":"ns{{{i}}}","pod":"w{{{i}}}-abc-a","job":"kube-state-metrics"},"annotations":{},"startsAt":"2026-11-23T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"{{{i:x16}}}"}]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/api/v1/alerts/alertmanager", content);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task UntilAsync(Func<bool> done)
    {
        var clock = Stopwatch.StartNew();
        while (!done() && clock.Elapsed < Settling)
        {
            await Task.Delay(20);
        }
    }

    private static Process Start(string program, string folder)
    {
        var start = new ProcessStartInfo(program)
        {
            ArgumentList = { "serve", "--data", Path.Combine(folder, "data"), "--listen", "http://127.0.0.1:0", "--mode", "auto", "--kubeconfig", Path.Combine(folder, "kubeconfig"), "--rules", Path.Combine(folder, "rules"), "--playbooks", Path.Combine(folder, "playbooks") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["REMEDIATOR_ENGINE__ATONCEPERCLUSTER"] = "1000000";
        start.Environment["REMEDIATOR_ENGINE__ATONCEPERNAMESPACE"] = "1000000";
        start.Environment["REMEDIATOR_LOGLEVEL"] = "Warning";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<HttpClient> ClientAsync(string folder, Process process)
    {
        var address = Path.Combine(folder, "data", "server.address");
        await UntilAsync(() => File.Exists(address) || process.HasExited);
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new(await File.ReadAllTextAsync(address)) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(folder, "data", "webhook.token"))).Trim());
        return client;
    }

    private static void Definitions(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "rules"));
        Directory.CreateDirectory(Path.Combine(folder, "playbooks"));
        File.WriteAllText(Path.Combine(folder, "rules", "crash.yaml"), """
            rules:
              - rule: crash
                alert: KubePodCrashLooping
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
