using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Remediator.Core.Secrets;
using Remediator.Journal;
using Remediator.Journal.Settings;
using Remediator.Sources;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>Durable intake beside the least that a durable intake can do: same process, same client, same bodies, in turn.</summary>
internal static class IntakeBenchmark
{
    private const int Clients = 64;
    private const string Token = "only-for-this-benchmark";
    private static long _next;

    public static async Task RunAsync(BenchmarkRun run)
    {
        var folder = Directory.CreateTempSubdirectory("remediator-intake-").FullName;
        await using (var bare = await BareEndpoint.StartAsync(folder))
        await using (var engine = await EngineIntakeAsync(folder, o => o.DataFolder = Path.Combine(folder, "journal")))
        {
            Console.WriteLine($"{Clients} clients, one alert a post, client and both servers in one process");
            await CompareAsync(
                run,
                "",
                ("bare", bare.Address, () => Rows(folder, "bare.db", "row")),
                ("remediator", Target(engine), () => Rows(folder, "journal/journal.db", "inbox")));
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The same intake over an empty store and over a full one, in turn.</summary>
    /// <param name="kept">How many rows an inbox has.</param>
    /// <returns>The ratio of each round.</returns>
    public static async Task<IReadOnlyList<double>> CompareAsync(
        BenchmarkRun run, Action<JournalOptions> empty, Action<JournalOptions> full, Func<Action<JournalOptions>, long> kept)
    {
        var folder = Directory.CreateTempSubdirectory("remediator-intake-").FullName;
        try
        {
            await using var emptyOne = await EngineIntakeAsync(folder, empty);
            await using var fullOne = await EngineIntakeAsync(folder, full);
            return await CompareAsync(
                run, "intake, ", ("empty store", Target(emptyOne), () => kept(empty)), ("full store", Target(fullOne), () => kept(full)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<double>> CompareAsync(
        BenchmarkRun run, string what, params (string Name, string Url, Func<long> Kept)[] both)
    {
        using var client = Client();
        foreach (var one in both)
            await MeasureAsync(client, one.Url, run.Size(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(0.2)), one.Kept);
        var ratios = new List<double>();
        for (var round = 1; round <= run.Size(3, 1); round++)
        {
            var rates = new List<double>();
            foreach (var one in both)
                rates.Add(await MeasureAsync(client, one.Url, run.Size(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(0.5)), one.Kept));
            BenchmarkRun.Say(
                $"{what}round {round}: {both[0].Name} {rates[0]:N0}/s, {both[1].Name} {rates[1]:N0}/s, ratio {rates[1] / rates[0]:0.00}");
            ratios.Add(rates[1] / rates[0]);
        }

        return ratios;
    }

    private static HttpClient Client()
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    private static string Target(WebApplication engine) => $"{engine.Urls.First()}/api/v1/alerts/alertmanager";

    private static async Task<WebApplication> EngineIntakeAsync(string folder, Action<JournalOptions> store)
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
        builder.Services.AddJournal(o =>
        {
            store(o);
            o.InboxLimit = 10_000_000;
        });
        builder.Services.AddSingleton<ISecrets, FilesAsTheyAre>().AddSources(builder.Configuration);
        var app = builder.Build();
        app.UseTraceIds();
        app.UseRouting();
        app.UseAuthorization();
        app.MapSources();
        await app.StartAsync();
        return app;
    }

    private static long Rows(string folder, string file, string table)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, file)};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }

    /// <returns>Posts a second that were acknowledged, each of which has to be kept.</returns>
    private static async Task<double> MeasureAsync(HttpClient client, string url, TimeSpan duration, Func<long> kept)
    {
        var before = kept();
        var clock = Stopwatch.StartNew();
        var posts = (await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
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
        })))).Sum();
        var elapsed = clock.Elapsed;
        BenchmarkRun.Require(posts > 0 && kept() - before == posts, $"{url} acknowledged {posts} webhooks and kept {kept() - before}.");
        return posts / elapsed.TotalSeconds;
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
