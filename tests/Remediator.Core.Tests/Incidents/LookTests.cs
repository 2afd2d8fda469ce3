using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>A full disk of a host that is in no cluster: what a provider knows of the host, and what a look sees of its disk.</summary>
public sealed class LookTests
{
    private readonly Bench _bench = new()
    {
        Resource = new("test", ResourceKinds.FileSystem, "", "db-1:/var"),
        IsThere = false,
        Playbook = DiskFull,
        Cluster = [Host],
    };

    private static Fact Host { get; } = Fact.Parse("""host{host="db-1",address="10.9.0.4"}""");

    private static Playbook DiskFull { get; } =
        Bench.RestartLoop(Mode.Auto, Bench.Step("vacuum", "kubernetes.evict-pod", false, """filesystem{read_only="false"}""")) with
    {
        ResourceKinds = [ResourceKinds.FileSystem],
        Problem = [Condition.Parse("filesystem{used_percent>=95}")],
        Looks = [new("host.disk", ActionInputTemplate.Of(new NoInput()))],
    };

    public LookTests() => Hosts(ViewState.Ready, TimeSpan.Zero);

    [Fact]
    public void ItIsLookedAt_BeforeARunBegins_BeforeTheStep_AndBeforeItIsVerified()
    {
        _bench.Fire();
        Saw(99);
        Assert.Single(_bench.Happenings<RunStarted>());
        Assert.Empty(_bench.Intents);
        _bench.Now += TimeSpan.FromSeconds(1);
        Saw(99);
        _bench.Planned();
        Assert.Single(_bench.Intents);
        _bench.Now += TimeSpan.FromSeconds(5);
        Hosts(ViewState.Ready, TimeSpan.Zero);
        _bench.Acted();
        _bench.Now += TimeSpan.FromSeconds(1);
        Saw(40);
        var verify = _bench.Job<VerifyRepair>();

        Assert.Equal("40", Assert.Single(verify.Call.Facts.Named("filesystem"))["used_percent"]);
        Assert.Equal(3, _bench.Happenings<Looked>().Count());
        _bench.Verified();
        Assert.Equal(RunOutcome.Verified, _bench.Only<RunEnded>().Outcome);
    }

    /// <summary>Each is decided right: acts where it knows, and holds with the name of what it does not know.</summary>
    [Theory]
    [InlineData("hosts fresh, cluster fresh", true, "")]
    [InlineData("hosts fresh, cluster away", true, "")]
    [InlineData("hosts fresh, no cluster", true, "")]
    [InlineData("hosts stale, cluster fresh", false, "nothing is decided on a view of 'hosts' this old")]
    [InlineData("hosts stale, no cluster", false, "nothing is decided on a view of 'hosts' this old")]
    [InlineData("hosts away, cluster fresh", false, "nothing is decided on a view of 'hosts' this old; now: the inventory is away")]
    [InlineData("hosts missing, cluster away", false, "nothing is decided on a view this old")]
    [InlineData("host unknown, cluster fresh", true, "")]
    [InlineData("host unknown, cluster away", false, "nothing is decided on a view this old")]
    [InlineData("host is a node, cluster away", false, "nothing is decided on a view this old")]
    public void AHostIsActedOn_WhereWhoKnowsItSeesIt(string what, bool acts, string says)
    {
        var (hosts, cluster) = (what.Split(", ")[0], what.Split(", ")[1]);
        _bench.ViewState = cluster is "no cluster" ? ViewState.NotConfigured : ViewState.Ready;
        _bench.ViewAge = cluster is "cluster away" ? TimeSpan.FromMinutes(10) : TimeSpan.Zero;
        Hosts(
            hosts is "hosts away" ? ViewState.Loading : ViewState.Ready, hosts is "hosts stale" ? TimeSpan.FromMinutes(5) : TimeSpan.Zero);
        _bench.Others = hosts is "hosts missing" ? [] : _bench.Others;
        _bench.Cluster = hosts switch
        {
            "host unknown" or "hosts missing" => [],
            "host is a node" => [Fact.Parse("""host{host="db-1",node="db-1"}""")],
            _ => [Host],
        };

        _bench.Fire();
        if (acts)
        {
            Saw(99);
            _bench.Now += TimeSpan.FromSeconds(1);
            Hosts(ViewState.Ready, TimeSpan.Zero);
            Saw(99);
            _bench.Planned();
        }

        Assert.Equal(acts ? 1 : 0, _bench.Intents.Count);
        Assert.True(
            acts || _bench.Happenings<Held>().Any(h => h.Guard == "stale" && h.Reason == says),
            string.Join("\n", _bench.Happenings<Held>()));
        Assert.True(acts || !_bench.Last.Jobs.Any(), "nothing is looked at while another guard refuses");
    }

    /// <summary>
    /// Within a run the rules are not asked again, so that nothing but the guard keeps it from an act on what was true a while ago.
    /// </summary>
    [Theory]
    [InlineData(ViewState.Ready, "the view of 'hosts' is 300 s old")]
    [InlineData(ViewState.Loading, "there is no view of 'hosts'; now: the inventory is away")]
    public void AHostThatIsSeenNoMore_OnceARunHasBegun_IsNotActedOn_UntilItIsSeenAgain(ViewState state, string says)
    {
        _bench.Fire();
        Saw(99);
        _bench.Now += TimeSpan.FromSeconds(1);
        Hosts(state, TimeSpan.FromMinutes(5));
        Saw(99);

        Assert.Equal(("stale", says), (_bench.Only<Held>().Guard, _bench.Only<Held>().Reason));
        Assert.Empty(_bench.Intents);
        Assert.Empty(_bench.Last.Jobs);

        Hosts(ViewState.Ready, TimeSpan.Zero);
        _bench.Wake();
        _bench.Planned();
        Assert.Single(_bench.Intents);
    }

    /// <summary>What only the playbook asks for, no rule does: it is the guard that knows of it.</summary>
    [Fact]
    public void APlaybookAboutHosts_BeginsNothing_WhileTheyCannotBeSeen()
    {
        var bench = new Bench
        {
            Others = [new(FactSchema.Hosts, ViewState.Loading, default, "the inventory is away")],
            Playbook = Bench.RestartLoop(Mode.Auto) with { Problem = [Condition.Parse("host{host=\"db-1\"}")] },
        };
        bench.Fire();

        Assert.Equal("there is no view of 'hosts'; now: the inventory is away", bench.Only<Held>().Reason);
        Assert.Empty(bench.Happenings<RunStarted>());
    }

    /// <summary>The same the other way round: nobody asks for hosts where a workload is repaired.</summary>
    [Fact]
    public void AWorkloadIsActedOn_WhileTheHostsCannotBeSeen()
    {
        var bench = new Bench { Others = [new(FactSchema.Hosts, ViewState.Loading, default, "the inventory is away")] };
        bench.Fire();
        bench.Planned();

        Assert.Single(bench.Intents);
    }

    /// <summary>A veto that cannot be asked is not passed over.</summary>
    [Fact]
    public void AWorkloadWaits_WhereARuleForItsAlertNamesHostsThatCannotBeSeen()
    {
        var bench =
            new Bench { Others = [new(FactSchema.Hosts, ViewState.Loading, default, "the inventory is away")], RulesName = ["host"] };
        bench.Fire();

        Assert.Equal("nothing is decided on a view of 'hosts' this old; now: the inventory is away", bench.Only<Held>().Reason);
    }

    [Fact]
    public void WhatCannotBeSeen_IsNeverActedOn_AndLookedAtLessAndLessOften()
    {
        _bench.Fire();
        for (var i = 0; i < 40; i++)
        {
            if (_bench.Last.Jobs.OfType<LookAtResource>().SingleOrDefault() is { } job)
            {
                _bench.Report(job, new LookMade(new(job.Playbook, _bench.Now, [LookItem.Failed("host.disk", $"no answer{Id(i)}")])));
            }

            _bench.Now += TimeSpan.FromSeconds(15);
            Hosts(ViewState.Ready, TimeSpan.Zero);
            _bench.Wake();
        }

        Assert.Empty(_bench.Happenings<RunStarted>());
        Assert.InRange(_bench.Happenings<Looked>().Count(), 4, 7);
        Assert.Single(_bench.Happenings<Held>(), h =>
            h is { Guard: "looked" } && h.Reason.StartsWith("how things are cannot be known; now: ", StringComparison.Ordinal));

        static string Id(int i) => $" to request {(char)('a' + (i % 26))}";
    }

    [Fact]
    public void WhatShowsNoProblem_IsNotRepaired_AndNotLookedAtAllTheTime()
    {
        _bench.Fire();
        Saw(60);
        for (var i = 0; i < 16; i++)
        {
            _bench.Now += TimeSpan.FromSeconds(15);
            Hosts(ViewState.Ready, TimeSpan.Zero);
            _bench.Wake();
        }

        Assert.Empty(_bench.Happenings<RunStarted>());
        Assert.Single(_bench.Happenings<Looked>());
        Assert.Empty(_bench.Last.Jobs);
    }

    [Fact]
    public void WhatChangedBetweenTheRunAndItsStep_EndsTheRun()
    {
        _bench.Fire();
        Saw(99);
        _bench.Now += TimeSpan.FromSeconds(1);
        Saw(60);

        Assert.Equal(RunOutcome.Healed, _bench.Only<RunEnded>().Outcome);
        Assert.Empty(_bench.Intents);
    }

    [Fact]
    public void WhatWasSeenTooLongAgo_IsLookedAtAnewBeforeTheAct()
    {
        _bench.Fire();
        Saw(99);
        _bench.Now += TimeSpan.FromSeconds(1);
        Saw(99);
        _bench.Now += TimeSpan.FromSeconds(90);
        Hosts(ViewState.Ready, TimeSpan.Zero);
        _bench.Wake();

        Assert.IsType<LookAtResource>(Assert.Single(_bench.Last.Jobs));
        Saw(99);
        _bench.Planned();
        Assert.Single(_bench.Intents);
    }

    /// <summary>The host is there no more, as far as anybody sees: nothing is done, and it is not looked at without a pause.</summary>
    [Fact]
    public void WhatShowsNothingAtAll_IsNotActedOn_NorLookedAtAgainAtOnce()
    {
        _bench.Fire();
        Saw(99);
        _bench.Now += TimeSpan.FromSeconds(1);
        var job = _bench.Job<LookAtResource>();
        _bench.Report(job, new LookMade(new(job.Playbook, _bench.Now, [LookItem.Saw("host.disk", [])])));

        Assert.Empty(_bench.Last.Jobs);
        Assert.Empty(_bench.Intents);
        Assert.Equal("nothing shows that there is a filesystem db-1:/var", _bench.Happenings<Held>().Last().Reason);
    }

    /// <summary>Its answer comes when another look is wanted.</summary>
    [Fact]
    public void ALookThatNobodyWaitsForAnyMore_IsDropped()
    {
        _bench.Fire();
        var first = _bench.Job<LookAtResource>();
        Saw(60);
        _bench.Report(first, new LookMade(Look(first, 99)));

        Assert.Single(_bench.Happenings<Looked>());
    }

    [Fact]
    public void TheSameFacts_HaveTheSameDigest_InAnyOrder()
    {
        Fact[] facts = [Host, Fact.Parse("""filesystem{host="db-1",mountpoint="/var",used_percent="99"}""")];

        Assert.Equal(LookItem.Saw("host.disk", facts).Digest, LookItem.Saw("host.disk", [.. facts.Reverse()]).Digest);
        Assert.NotEqual(LookItem.Saw("host.disk", facts).Digest, LookItem.Saw("host.disk", [Host]).Digest);
    }

    private void Saw(int percent)
    {
        var job = _bench.Job<LookAtResource>();
        _bench.Report(job, new LookMade(Look(job, percent)));
    }

    private Looked Look(LookAtResource job, int percent) => new(
        job.Playbook, _bench.Now,
        [LookItem.Saw(
            "host.disk", [Fact.Parse($$"""filesystem{host="db-1",mountpoint="/var",used_percent="{{percent}}",read_only="false"}""")])]);

    private void Hosts(ViewState state, TimeSpan age) =>
        _bench.Others = [new(FactSchema.Hosts, state, _bench.Now - age, state is ViewState.Loading ? "the inventory is away" : "")];
}
