using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

/// <summary>What no fact shows and the evidence of several incidents names: told once, and nothing is done to who names it.</summary>
public sealed class NamedCauseTests
{
    private const string Server = "server postgres.shop";
    private const string Crashing = "crashing=true ready=false phase=Running";
    private const string Pending = "ready=false phase=Pending";

    private readonly Bench _bench = new()
    {
        Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod")) with
        {
            Evidence = [new("kubernetes.logs", ActionInputTemplate.Of(new NoInput()))],
        },
    };

    public static TheoryData<string, string, string, string> Causes => new()
    {
        { Server, Crashing, "test/namespace//shop", "their logs name postgres.shop, which does not serve them" },
        {
            "server db.example.com", Crashing, "test/cluster//test", "their logs name db.example.com, which does not serve them"
        },
        { "server 10.0.0.7", Crashing, "test/cluster//test", "their logs name 10.0.0.7, which does not serve them" },
        { "resourcequota/pods", Pending, "test/namespace//shop", "resourcequota/pods leaves no room for their pods" },
        {
            "admission webhook inject.example", Pending, "test/cluster//test",
            "the admission webhook inject.example lets none of their pods be created"
        },
        { "secret/tls", Pending, "test/namespace//shop", "secret/tls is missing, and they cannot start without it" },
        { "serviceaccount/ci", Pending, "test/namespace//shop", "serviceaccount/ci is missing, and they cannot start without it" },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void ThreeThatNameTheSame_AreLeftAlone_AndItsHomeTellsOnce(string key, string pods, string home, string words)
    {
        var place = new Bench { Resource = Key(home), IsThere = false };
        Lay(place, pods, "api", "web", "cart");
        Lay(_bench, pods, "api", "web", "cart");
        Name(_bench, key);
        Waits(place, key, "web", "cart");
        Waits(_bench, key, "web", "cart", "api");
        _bench.Wake(TimeSpan.FromMinutes(3));
        Assert.Equal($"{words}; nothing is done here before that is over", _bench.Happenings<Held>().Last().Reason);
        Assert.Equal([place.Resource], SharedCauseWatch.Unheard(_bench.State, _bench.World()));

        Waits(place, key, "api");
        place.Wake();
        place.Wake(TimeSpan.FromMinutes(5));
        var told = place.Only<Escalated>();
        Assert.Equal($"3 workloads wait for the same: {words}.", told.Message);
        Assert.Equal("deployment shop/api, deployment shop/cart, deployment shop/web", told.Evidence);
        place.Report(place.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
        _bench.Open.Add(place.Row(place.Only<IncidentOpened>().Problem));
        _bench.Wake(TimeSpan.FromHours(5));
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Empty(_bench.Intents);

        Lay(place, "ready=true phase=Running", "api", "web", "cart");
        place.Wake(TimeSpan.FromMinutes(1));
        place.Report(place.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
        Assert.Single(place.Happenings<IncidentClosed>());
    }

    /// <summary>Two minutes after its run began it is known to be alone, and its ladder goes on.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(119, false)]
    [InlineData(121, true)]
    public void WhoNamesItAlone_GoesOnOnceTheOthersWouldHaveSaidSo(int seconds, bool goesOn)
    {
        Lay(_bench, Crashing, "api", "web");
        Name(_bench, Server);
        Waits(_bench, Server, "api", "web");
        _bench.Wake(TimeSpan.FromSeconds(seconds));
        Assert.Equal(goesOn, _bench.Last.Jobs.OfType<MakePlan>().Any());
        Assert.Equal(
            "it waits for server postgres.shop, and whether others do too shows within 2 min", _bench.Only<Held>().Reason);
    }

    [Fact]
    public void WhoNamesNothing_DoesNotWaitForOthers()
    {
        Lay(_bench, Crashing, "api");
        Name(_bench, null);
        Assert.NotEmpty(_bench.Last.Jobs.OfType<MakePlan>());
    }

    /// <summary>What is over for a workload, or has been so for a day, or is of another name, is no part of it.</summary>
    [Theory]
    [InlineData("crashing=false ready=true phase=Running", 0, Server)]
    [InlineData("ready=false phase=Failed", 0, Server)]
    [InlineData("ready=false phase=Running terminating=true", 0, Server)]
    [InlineData(Crashing, 25, Server)]
    [InlineData(Crashing, 0, "server mysql.shop")]
    public void WhoIsNoneOfThem_IsNotCounted(string pods, int hours, string key)
    {
        Lay(_bench, Crashing, "api", "web");
        _bench.Cluster.Add(Pod("cart", pods));
        Name(_bench, Server);
        Waits(_bench, Server, "api", "web");
        _bench.Waiting.Add(Row("cart", key) with { OpenedAt = _bench.Now.AddHours(-hours) });
        Assert.DoesNotContain(SharedCauses.Present(_bench.World()), c => c.IsServer);
        _bench.Waiting[^1] = Row("cart", Server) with { OpenedAt = _bench.Now };
        _bench.Cluster[^1] = Pod("cart", Crashing);
        Assert.Contains(SharedCauses.Present(_bench.World()), c => c.IsServer);
    }

    /// <summary>Where the same runs on other nodes, it is the one node from which the server is not reached.</summary>
    [Theory]
    [InlineData("n1", "n1", "n2", false)]
    [InlineData("n1", "n2", "n2", true)]
    [InlineData("n1", "n1", "n1", true)] // there is no other node that could prove it
    public void AllThatIsSickOnOneNode_IsTheNodesTrouble(string node, string other, string well, bool isShared)
    {
        Lay(_bench, $"{Crashing} node={node}", "api", "web");
        _bench.Cluster.AddRange([Pod("cart", $"{Crashing} node={other}"), Pod("cart", $"ready=true phase=Running node={well}")]);
        Waits(_bench, Server, "api", "web", "cart");
        Assert.Equal(isShared, SharedCauses.Present(_bench.World()).Any(c => c.IsServer));
    }

    /// <summary>A StatefulSet that mounts it shows in no fact; two that take their environment from it do.</summary>
    [Fact]
    public void FactsAndEvidence_AreOfOneCause()
    {
        _bench.Crashing = false;
        _bench.Playbook = _bench.Playbook with { Problem = [Condition.Parse("workload{desired=\"3\"}")], Evidence = [] };
        _bench.Cluster = [Lacks("api"), Lacks("web"), Pod("cart", Pending)];
        Waits(_bench, "secret/tls", "cart");
        _bench.Fire();
        Assert.Equal(
            "secret/tls is missing, and they cannot start without it; nothing is done here before that is over",
            _bench.Only<Held>().Reason);

        static Fact Lacks(string workload) => Fact.Parse(
            $$"""container{namespace="shop",workload="{{workload}}",workload_kind="deployment",missing="secret/tls"}""");
    }

    /// <summary>An image that does not come is no server's fault.</summary>
    [Fact]
    public void WhoHasATroubleOfItsOwn_IsNotHeldByIt()
    {
        Lay(_bench, Crashing, "api", "web", "cart");
        _bench.Cluster.Add(Fact.Parse(
            """container{namespace="shop",workload="api",workload_kind="deployment",waiting="ErrImagePull",image="a:1"}"""));
        Name(_bench, Server);
        Waits(_bench, Server, "api", "web", "cart");
        _bench.Wake(TimeSpan.FromMinutes(3));
        Assert.NotEmpty(_bench.Last.Jobs.OfType<MakePlan>());
    }

    private static void Lay(Bench bench, string pods, params string[] workloads)
    {
        bench.Cluster =
        [
            .. workloads.Select(w => Pod(w, pods)),
            // a namespace is one where something runs; the bench has its own workload already
            .. workloads.Where(w => w != "api" || !bench.IsThere).Select(w => Fact.Parse(
                $$"""workload{namespace="shop",workload="{{w}}",workload_kind="deployment",desired="3"}""")),
        ];
    }

    /// <summary>An alert comes, and the evidence of its run names it.</summary>
    private static void Name(Bench bench, string? key)
    {
        bench.Fire();
        Dictionary<string, string> values = [];
        if (key is not null)
            values["waits_for"] = key;
        bench.Report(
            bench.Job<CollectEvidence>(),
            new EvidenceRead([new("kubernetes.logs", "Logs", "", [new("evidence", values, bench.Now)], values, null)]));
    }

    private static void Waits(Bench bench, string key, params string[] workloads) =>
        bench.Waiting.AddRange(workloads.Select(w => Row(w, key) with { OpenedAt = bench.Now }));

    private static IncidentRow Row(string workload, string key) => new()
    {
        Id = $"01{workload}",
        Resource = new("test", "deployment", "shop", workload),
        Problem = "restart-loop",
        Status = "held",
        Summary = "",
        OpenedAt = default,
        WaitsFor = key,
    };

    private static Fact Pod(string workload, string fields)
    {
        var labels = new Dictionary<string, string>
        {
            ["namespace"] = "shop", ["workload"] = workload, ["workload_kind"] = "deployment", ["pod"] = $"{workload}-1",
        };
        foreach (var parts in fields.Split(' ').Select(f => f.Split('=', 2)))
            labels[parts[0]] = parts[1];
        labels["pod"] = $"{workload}-{labels.GetValueOrDefault("node", "1")}-{labels["ready"]}";
        return new("pod", labels, DateTimeOffset.UnixEpoch);
    }

    private static ResourceKey Key(string text) => text.Split('/') is var p ? new(p[0], p[1], p[2], p[3]) : default!;
}
