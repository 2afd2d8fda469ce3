using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Remediator.Journal;
using Remediator.Sources;

namespace Remediator.Benchmarks;

/// <summary>Durable intake beside the least that a durable intake can do: same process, same client, same bodies, in turn.</summary>
internal static class IntakeBenchmark
{
    private const int Clients = 64;
    private const int Rounds = 3;
    private const string Token = "only-for-this-benchmark";
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);
    private static long _next;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("remediator-intake-").FullName;
        await using var bare = await BareEndpoint.StartAsync(folder);
        await using var engine = await EngineIntakeAsync(folder, Path.Combine(folder, "journal"));
        using var client = Client();
        var target = Target(engine);
        await MeasureAsync(client, bare.Address, TimeSpan.FromSeconds(2));
        await MeasureAsync(client, target, TimeSpan.FromSeconds(2));
        Console.WriteLine($"{Clients} clients, one alert a post, client and both servers in one process");
        for (var round = 1; round <= Rounds; round++)
        {
            var least = await MeasureAsync(client, bare.Address, Round);
            var real = await MeasureAsync(client, target, Round);
            Console.WriteLine($"round {round}: bare {least:N0}/s, remediator {real:N0}/s, ratio {real / least:0.00}");
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The same intake over an empty store and over a full one, in turn.</summary>
    public static async Task CompareAsync(string fullFolder)
    {
        var folder = Directory.CreateTempSubdirectory("remediator-intake-").FullName;
        await using var empty = await EngineIntakeAsync(folder, Path.Combine(folder, "journal"));
        await using var full = await EngineIntakeAsync(folder, fullFolder);
        using var client = Client();
        await MeasureAsync(client, Target(empty), TimeSpan.FromSeconds(2));
        await MeasureAsync(client, Target(full), TimeSpan.FromSeconds(2));
        for (var round = 1; round <= Rounds; round++)
        {
            var without = await MeasureAsync(client, Target(empty), Round);
            var with = await MeasureAsync(client, Target(full), Round);
            Console.WriteLine($"intake, round {round}: empty store {without:N0}/s, full store {with:N0}/s, ratio {with / without:0.00}");
        }

        Directory.Delete(folder, recursive: true);
    }

    private static HttpClient Client()
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    private static string Target(WebApplication engine) => $"{engine.Urls.First()}/api/v1/alerts/alertmanager";

    private static async Task<WebApplication> EngineIntakeAsync(string folder, string dataFolder)
    {
        var token = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(token, Token);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection([new("Sources:Alertmanager:BearerTokenFile", token)]);
        // nobody takes alerts out here
        builder.Services.AddJournal(o => (o.DataFolder, o.InboxLimit) = (dataFolder, 10_000_000));
        builder.Services.AddSources(builder.Configuration);
        var app = builder.Build();
        app.UseTraceIds();
        app.MapSources();
        await app.StartAsync();
        return app;
    }

    private static async Task<double> MeasureAsync(HttpClient client, string url, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var posts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            var sent = 0;
            while (clock.Elapsed < duration)
            {
                using var body = new ByteArrayContent(Body());
                body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await client.PostAsync(url, body);
                answer.EnsureSuccessStatusCode();
                sent++;
            }

            return sent;
        })));
        return posts.Sum() / clock.Elapsed.TotalSeconds;
    }

    /// <summary>A delivery as Alertmanager 0.25 sends it, with the labels of kube-prometheus; each alert is a new one.</summary>
    private static byte[] Body()
    {
        var id = Interlocked.Increment(ref _next);
        return System.Text.Encoding.UTF8.GetBytes($$"""
            {"receiver":"remediator","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"KubePodCrashLooping","container":"api","instance":"10.0.0.7:8080","job":"kube-state-metrics","namespace":"shop","pod":"api-7c9f8d5b6-{{id}}","reason":"CrashLoopBackOff","severity":"warning","uid":"2d5a7c1e-0000-4000-8000-{{id:D12}}"},"annotations":{"description":"Pod shop/api is in waiting state (reason: CrashLoopBackOff).","runbook_url":"https://runbooks.example/kubepodcrashlooping","summary":"Pod is crash looping."},"startsAt":"2026-11-23T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example/graph?g0.expr=x","fingerprint":"{{id:x16}}"}],"groupLabels":{"namespace":"shop"},"commonLabels":{"namespace":"shop"},"commonAnnotations":{},"externalURL":"http://alertmanager.example","version":"4","groupKey":"{}:{namespace=\"shop\"}","truncatedAlerts":0}
            """);
    }
}
