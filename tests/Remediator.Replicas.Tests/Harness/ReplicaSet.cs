using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;
using Remediator.Testing.Machines;

namespace Remediator.Replicas.Tests.Harness;

/// <summary>Several servers on one database, and the API server that all of them work on.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    public const string Evict = "use: kubernetes.evict-pod\n    with: { which: crashing }";
    public const string Restart = "use: kubernetes.rollout-restart";

    private readonly Workspace _files;

    private ReplicaSet(PostgresDatabase database, FakeCluster cluster, Workspace files) =>
        (Database, Cluster, _files) = (database, cluster, files);

    public PostgresDatabase Database { get; }

    public FakeCluster Cluster { get; }

    public List<Replica> Replicas { get; } = [];

    /// <param name="action">Of the one step that repairs.</param>
    /// <param name="address">Of the API server.</param>
    /// <param name="postgres">Null for the one that all tests share.</param>
    /// <param name="room">Where its long acts go on; null where it has none.</param>
    public static async Task<ReplicaSet> CreateAsync(
        string action, string address = "127.0.0.1", string? postgres = null, MachineRoom? room = null)
    {
        PostgresDatabase database = postgres is null ? new() : PostgresDatabase.On(postgres);
        var cluster = await FakeCluster.StartAsync(address);
        return new(database, cluster, new(cluster, database, action, room));
    }

    public static Task<ReplicaSet> StartAsync(string action, params string[] names) => StartAsync(action, null, names);

    public static async Task<ReplicaSet> StartAsync(string action, MachineRoom? room, params string[] names)
    {
        var set = await CreateAsync(action, room: room);
        try
        {
            // the first makes the tables, the others join at the same time
            var all = names.Select(name => new ReplicaSettings(name, "127.0.0.1", set.Database.Connection)).ToList();
            await set.AddAsync(all[0]);
            await Task.WhenAll(all.Skip(1).Select(set.AddAsync));
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    public string File(string name) => _files.Path(name);

    /// <summary>Starts one more, and waits until it shares the work.</summary>
    public async Task<Replica> AddAsync(ReplicaSettings settings)
    {
        var began = Stopwatch.GetTimestamp();
        var replica = await LaunchAsync(settings);
        // one in a network of its own cannot be asked
        await (settings.Program is null ? AwaitReadyAsync(replica) : AwaitAsync($"replica {settings.Name} to listen", () => replica.Runs));
        Say($"replica {settings.Name} was ready after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        return replica;
    }

    /// <summary>Starts one that may never share the work.</summary>
    public async Task<Replica> LaunchAsync(ReplicaSettings settings)
    {
        var replica = new Replica(_files, settings);
        lock (Replicas)
            Replicas.Add(replica);
        await replica.StartAsync();
        return replica;
    }

    /// <summary>A figure for who reads the report.</summary>
    public static void Say(string text)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.f} {text}");
        if (Environment.GetEnvironmentVariable("REMEDIATOR_TEST_RESULTS") is { Length: > 0 } folder)
            System.IO.File.AppendAllText(Path.Combine(folder, "summary.md"), $"{TestContext.Current.TestMethod?.MethodName}: {text}\n");
    }

    public Task AwaitReadyAsync(Replica replica) => AwaitAsync($"replica {replica.Name} to be ready", replica.IsReadyAsync);

    /// <summary>Goes on once somebody asks the API server for such a thing.</summary>
    public Task<string> NextAskAsync(Func<string, string, string, bool> isIt) => NextAskAsync(isIt, _ => Task.CompletedTask);

    /// <param name="hold">The first such request is held so long.</param>
    /// <returns>Who asked.</returns>
    public async Task<string> NextAskAsync(Func<string, string, string, bool> isIt, Func<string, Task> hold)
    {
        var asked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Cluster.Asked = (by, method, path) => isIt(by, method, path) && asked.TrySetResult(by) ? hold(by) : Task.CompletedTask;
        await AwaitAsync("a request to the API server", () => asked.Task.IsCompleted);
        return await asked.Task;
    }

    /// <summary>
    /// A replica that has changed something cannot see what became of it until then, so that its verification does not end: it is as short
    /// as all times of these tests, and what the test does meanwhile is not.
    /// </summary>
    /// <param name="by">Null for any.</param>
    public void HoldVerification(Task until, string? by = null) => Cluster.Asked = (asker, method, path) =>
        method == "GET" && (by is null || asker == by) && Cluster.Effects.Any(e => e.By == asker && IsOf(e.Namespace, path))
            ? until
            : Task.CompletedTask;

    public static bool IsOf(string space, string path) => path.Contains($"/namespaces/{space}/", StringComparison.Ordinal);

    public Replica Named(string name) => Replicas.Single(r => r.Name == name);

    public async Task<Replica> LeaderAsync()
    {
        Replica? leader = null;
        await AwaitAsync("a replica that leads", async () =>
        {
            foreach (var replica in Replicas.Where(r => r.Runs))
                leader = await replica.MetricAsync("remediator_leads") is 1 ? replica : leader;
            return leader is not null;
        });
        return leader!;
    }

    /// <summary>A sick workload in a namespace of its own.</summary>
    public void AddSick(string space) => Cluster.Add(new(space, "app", _ => true));

    /// <summary>As a Service and Alertmanager do: to any replica that answers, and again after a 5xx.</summary>
    /// <returns>How often it was put off.</returns>
    public async Task<int> PostAsync(string space)
    {
        var pod = Cluster.CrashingPods(space) is [var crashing, ..] ? crashing : $"{space}-gone";
        var body = JsonSerializer.Serialize(new
        {
            version = "4",
            alerts = new[]
            {
                new
                {
                    status = "firing",
                    labels = new Dictionary<string, string> {
                        ["alertname"] = "KubePodCrashLooping",
                        ["namespace"] = space,
                        ["pod"] = pod,
                        ["container"] = "app" },
                    annotations = new Dictionary<string, string>(),
                    startsAt = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
                    endsAt = "0001-01-01T00:00:00Z",
                    fingerprint = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(space)).PadLeft(16, '0')[..16],
                },
            },
        });
        var putOff = 0;
        await AwaitAsync($"a replica that takes the alert of {space}", async () =>
            await TryPostAsync(Replicas[putOff % Replicas.Count], body) is HttpStatusCode.OK || ++putOff < 0);
        return putOff;
    }

    public static string Key(string space) => $"test/deployment/{space}/app";

    public async Task<IReadOnlyList<Entry>> OfAsync(string space) => await Database.EntriesAsync(Key(space));

    public Task AwaitRepairedAsync(string space) =>
        AwaitAsync(
            $"{space} to be repaired and closed",
            async () => (await OfAsync(space)).Any(e => e.Type == "incident-closed"),
            async () => $"{Outline(await OfAsync(space))}\n{await Database.TracesAsync($"{space}\"")}");

    /// <summary>What the journal says of replicas.</summary>
    public async Task<Entry> AwaitToldAsync(string type, Func<Entry, bool>? which = null)
    {
        Entry? found = null;
        await AwaitAsync($"{type} in the journal",
        async () => (found = (await Database.EntriesAsync("test/engine//replicas"))
            .FirstOrDefault(e => e.Type == type && (which?.Invoke(e) ?? true))) is not null,
            async () => Outline(await Database.EntriesAsync("test/engine//replicas")));
        return found!;
    }

    /// <summary>Each was repaired by one change, verified, and nothing is left over.</summary>
    public async Task AssertEachOnceAsync(IReadOnlyCollection<string> spaces)
    {
        foreach (var space in spaces)
        {
            var told = Outline(await OfAsync(space));
            Assert.True(
                Cluster.Effects.Count(e => e.Namespace == space) == 1,
                $"{space} was changed {Cluster.Effects.Count(e => e.Namespace == space)} times: {told}");
            Assert.Contains(
                "\"Verified\"", Assert.Single(await OfAsync(space), e => e.Type == "incident-closed").Payload, StringComparison.Ordinal);
        }

        await AwaitAsync("an empty inbox and no dead letters", async () => await Database.InboxAsync() == 0);
    }

    /// <summary>Checks the whole journal, as an auditor does.</summary>
    /// <returns>The exit code, and what was said.</returns>
    public async Task<(int ExitCode, string Said)> VerifyAsync(Replica by)
    {
        var result = await RemediatorProgram.RunAsync(
            ["audit", "verify", "--data", _files.DataFolder(by.Name), .. _files.OfTheStore()], _files.Path("."),
            TestContext.Current.CancellationToken);
        return (result.ExitCode, result.Output + result.Error);
    }

    public Task AwaitAsync(string what, Func<bool> look) => AwaitAsync(what, () => Task.FromResult(look()));

    public Task AwaitAsync(string what, Func<Task<bool>> look, Func<Task<string>>? explain = null) => Wait.UntilAsync(
        what, look, TestContext.Current.CancellationToken, async () => $"{(explain is null ? "" : await explain())}\n{Stories()}");

    public static string Outline(IEnumerable<Entry> entries) =>
        string.Join("\n", entries.Select(e => $"{e.At:HH:mm:ss.fff} {e.Type} {e.Payload[..Math.Min(e.Payload.Length, 160)]}"));

    public string Stories() => string.Join(
        "\n\n",
        Replicas.Select(r => $"Replica {r.Name}, ended with "
            + $"{r.Process.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "nothing yet"}: {r.Process.Story()}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in Replicas)
            await replica.DisposeAsync();
        await Cluster.DisposeAsync();
        await Database.DisposeAsync();
        _files.Dispose();
    }

    private static async Task<HttpStatusCode?> TryPostAsync(Replica replica, string body)
    {
        if (!replica.Runs)
            return null;
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            using var answer = await replica.Process.Webhook.PostAsync("/api/v1/alerts/alertmanager", content, soon.Token);
            return answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
