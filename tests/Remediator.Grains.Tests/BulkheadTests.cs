using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Core.Safety;

namespace Remediator.Grains.Tests;

/// <summary>What hangs delays nothing but itself. What hangs is a real server that accepts every connection and answers nothing.</summary>
public sealed class BulkheadTests : IAsyncDisposable
{
    private static readonly TimeSpan AMinute = TimeSpan.FromMinutes(1);

    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-bulkheads-").FullName;
    private readonly HangingServer _hanging = new();

    public async ValueTask DisposeAsync()
    {
        await _hanging.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task ApiServerThatNeverAnswers_AndHundredsOfAlerts_PeopleAreToldWithinAMinute_AndWhatWasMissing()
    {
        var names = Enumerable.Range(0, 300).Select(i => $"w{i}").ToList();
        names.ForEach(_cluster.Break);
        var people = new Way("notify.people");
        _cluster.Definitions = _cluster.Definitions with { Rules = new ToPeople(), Policy = NoStorm };
        _cluster.Actions = [.. new[] { "describe", "events", "logs" }.Select(n => new HangingRead($"kubernetes.{n}", _hanging)), people];
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);

        await Task.WhenAll(names.Select(name => engine.PostAsync(name, $"f-{name}")));

        await people.ToldAsync(names.Count, AMinute);
        Assert.All(
            people.Told,
            n => Assert.Equal(
                "Not available: kubernetes.describe: it took too long; kubernetes.events: it took too long; kubernetes.logs: "
                    + "it took too long\n",
                n.Value.Evidence));
    }

    [Fact]
    public async Task ApiServerThatNeverAnswersPlans_DelaysNoVerification()
    {
        var names = Enumerable.Range(0, 100).Select(i => $"w{i}").ToList();
        names.ForEach(_cluster.Break);
        _cluster.Definitions = _cluster.Definitions with { Policy = NoStorm };
        _cluster.BeforePlan = async (request, token) =>
        {
            if (request.Resource.Name != "good")
            {
                await _hanging.AskAsync(token);
            }
        };
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        _cluster.BeforeEffect = async _ =>
        {
            // the act goes on while everything else wants to plan
            await Task.WhenAll(names.Select(name => engine.PostAsync(name, $"f-{name}")));
            await _hanging.AskedAsync(32, AMinute);
        };
        _cluster.Break("good");

        await engine.PostAsync("good", "f-good");

        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>("good")).Reason);
    }

    [Fact]
    public async Task WebhookThatNeverAnswers_DelaysNoOtherWay()
    {
        var names = Enumerable.Range(0, 100).Select(i => $"w{i}").ToList();
        names.ForEach(_cluster.Break);
        var (hook, people) = (new Way("notify.a-webhook", _hanging), new Way("notify.people"));
        _cluster.Definitions = _cluster.Definitions with { Rules = new ToPeople(), Policy = NoStorm };
        _cluster.Actions = [hook, people];
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);

        await Task.WhenAll(names.Select(name => engine.PostAsync(name, $"f-{name}")));

        // before the first post to the webhook has been given up
        await people.ToldAsync(names.Count, TimeSpan.FromSeconds(25));
        Assert.Equal("it took too long", (await engine.AwaitAsync<NotifyFailed>("w0", within: AMinute)).Reason);
    }

    [Fact]
    public async Task WebhookThatNeverAnswers_DelaysNoDemotion()
    {
        var hook = new Way("notify.a-webhook", _hanging);
        _cluster.Actions = [hook];
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        var standings = engine.Services.GetRequiredService<Records.PlaybookStandings>();
        await AwaitAsync(() => standings.Current is not null, "the standings were never read");
        await standings.DemoteAsync(
            new("restart-loop", Mode.Auto, Mode.Approve, "i1", "it did harm"), TimeProvider.System.GetUtcNow(), Token);
        await _hanging.AskedAsync(1, AMinute);

        // the next setback is read while people cannot be told of the first
        await AnotherReplica(engine).DemoteAsync(
            new("restart-loop", Mode.Approve, Mode.Observe, "i2", "again"), TimeProvider.System.GetUtcNow(), Token);

        await AwaitAsync(
            () => standings.Current!.Of("restart-loop")?.Ceiling is Mode.Observe,
            "a demotion was not read while a webhook hung",
            TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task ClusterThatIsNeverSeen_IsToldOnce_WhileAlertsWait_AndIsOverWhenItIsSeen()
    {
        var people = new Way("notify.people");
        _cluster.Actions = [people];
        _cluster.State = ViewState.Loading;
        _cluster.Break("api");
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);

        await engine.PostAsync("api", "f1");

        await people.ToldAsync(1, AMinute);
        var told = Assert.Single(people.Told).Value;
        Assert.Equal(("cluster-not-seen", "critical"), (told.Problem, told.Severity));
        Assert.Equal(
            "Remediator cannot see cluster test, and alerts about it are firing. Nothing is decided about them, and nothing "
                + "is repaired, until it can see the cluster again.",
            told.Message);
        Assert.Empty(_cluster.EffectsById);

        _cluster.State = ViewState.Ready;
        Assert.Equal("the cluster is seen again", (await engine.AwaitAsync<IncidentClosed>(Storms.Cluster("test"))).Detail);
        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>("api")).Reason);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Policy NoStorm => new()
    {
        Storm = new() { ClusterWorkloads = new(100, 1_000_000) },
        SlowStart = new() { First = 1000 },
    };

    private static Records.PlaybookStandings AnotherReplica(EngineHost engine) =>
        new(engine.Journal, engine.Services.GetRequiredService<Core.Resources.ClusterName>(), TimeProvider.System);

    private static async Task AwaitAsync(Func<bool> done, string missing, TimeSpan? within = null)
    {
        for (var end = TimeProvider.System.GetUtcNow() + (within ?? AMinute); !done(); await Task.Delay(20, Token))
        {
            Assert.True(TimeProvider.System.GetUtcNow() < end, missing);
        }
    }

    private sealed class HangingRead(string name, HangingServer hanging) : IReadAction
    {
        public ActionDescriptor Descriptor { get; } = new()
            { Name = name, Class = ActionClass.Read, Input = typeof(NoInput), Summary = "reads" };

        public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken) =>
            new("read", await hanging.AskAsync(cancellationToken));
    }

    /// <param name="hanging">Where it posts to; null where it works.</param>
    private sealed class Way(string name, HangingServer? hanging = null) : INotifyAction
    {
        public ConcurrentDictionary<string, Notification> Told { get; } = new();

        public ActionDescriptor Descriptor { get; } = new()
            { Name = name, Class = ActionClass.Read, Input = typeof(NoInput), Summary = "tells" };

        public bool IsConfigured => true;

        public async Task NotifyAsync(Notification notification, CancellationToken cancellationToken)
        {
            if (hanging is not null)
            {
                await hanging.AskAsync(cancellationToken);
            }

            Told[notification.IncidentId] = notification;
        }

        public async Task ToldAsync(int incidents, TimeSpan within)
        {
            for (var end = TimeProvider.System.GetUtcNow() + within; Told.Count < incidents; await Task.Delay(20, Token))
            {
                Assert.True(
                    TimeProvider.System.GetUtcNow() < end, $"Of {incidents} incidents, people heard of {Told.Count} within {within}.");
            }
        }
    }

    private sealed class ToPeople : IRuleProgram
    {
        public string Revision => "d1";

        public IReadOnlyList<string> FactsFor(string alertName) => [];

        public Decision Decide(Fact alert, FactView view) => new()
        {
            Kind = DecisionKind.Escalate,
            Rule = "people",
            Message = "look at it",
            Alert = alert.Name,
            RulesRevision = "d1",
            ViewVersion = view.Version,
            ViewAt = view.At,
            Trace = [],
        };
    }
}
