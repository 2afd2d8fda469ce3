using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Tests.Safety;

/// <summary>Each guard is seen to refuse, in the words that are journalled.</summary>
public sealed class GuardTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void Guards_AreAskedInTheirOrder() =>
        Assert.Equal(
            [
                "paused", "held", "protected", "stale", "storm", "root cause busy", "mode", "cooldown and attempts", "slow start", "budget",
                "disruption", "member", "ownership", "looked"],
            Guards.Ordered.Select(g => g.Name));

    [Fact]
    public void Paused_RefusesWithItsReason()
    {
        _bench.Paused = "change freeze until Monday";
        AssertHeld("paused", "everything is paused: change freeze until Monday");
    }

    [Theory]
    [InlineData("shop/*/*")]
    [InlineData("*/deployment/api")]
    [InlineData("SHOP/deployment/a*")]
    public void Protected_IsNeverChanged_AndAPersonKnows(string pattern)
    {
        _bench.Settings = new() { Mode = Mode.Auto, Protected = [pattern] };
        _bench.Fire();
        Assert.Equal($"protected: deployment shop/api is protected by '{pattern}' and is never changed", _bench.Only<Escalated>().Reason);
        Assert.Empty(_bench.Intents);
    }

    [Theory]
    [InlineData("kube-system", "daemonset", "kube-proxy", true)]
    [InlineData("monitoring", "statefulset", "prometheus-k8s", true)]
    [InlineData("monitoring", "statefulset", "alertmanager-main", true)]
    [InlineData("ops", "deployment", "remediator", true)]
    [InlineData("shop", "deployment", "api", false)]
    [InlineData("kubernetes-dashboard", "deployment", "dashboard", false)]
    public void Protected_ByDefault_IsWhatTheEngineStandsOn(string space, string kind, string name, bool isProtected)
    {
        var path = $"{space}/{kind}/{name}";
        Assert.Equal(
            isProtected, EngineSettings.DefaultProtected.Any(p => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(p, path)));
    }

    [Fact]
    public void Stale_RefusesAnOldView()
    {
        _bench.Fire();
        _bench.ViewAge = TimeSpan.FromSeconds(61);
        _bench.Planned();
        Assert.Equal("the view of the cluster is 61 s old", _bench.Only<Held>().Reason);
    }

    /// <summary>A cluster that cannot be seen fails in another way at each try, and thousands wait for it.</summary>
    [Theory]
    [InlineData(ViewState.Ready, true, "the view of the cluster is 61 s old; now: pods: connection refused")]
    [InlineData(ViewState.Ready, false, "nothing is decided on a view this old; now: pods: connection refused")]
    [InlineData(ViewState.Loading, true, "there is no view of the cluster; now: pods: connection refused")]
    public void AnotherReasonWhyTheClusterIsNotSeen_IsNoNews(ViewState state, bool inARun, string reason)
    {
        void CannotSee() => (_bench.ViewState, _bench.ViewAge, _bench.ViewProblem) =
            (state, TimeSpan.FromSeconds(61), "pods: connection refused");
        if (!inARun)
            CannotSee();
        _bench.Fire();
        if (inARun)
        {
            CannotSee();
            _bench.Planned();
        }

        Assert.Equal(reason, _bench.Only<Held>().Reason);
        foreach (var problem in new[] { "pods: connection refused; nodes: a list gave no answer", "nodes: reset by peer", "" })
        {
            _bench.ViewProblem = problem;
            _bench.Wake(TimeSpan.FromSeconds(15));
        }

        _bench.Only<Held>();
    }

    [Fact]
    public void AnotherReasonWhyAlertmanagerDoesNotAnswer_IsNoNews()
    {
        _bench.Fire();
        foreach (var problem in new[] { "http://am-0: no answer within 10 s", "http://am-0: connection refused" })
        {
            _bench.Silences = Bench.Read([], null, problem, "alertmanager/main");
            if (_bench.Happenings<Held>().Any())
                _bench.Wake(TimeSpan.FromSeconds(15));
            else
                _bench.Planned();
        }

        Assert.Equal(
            "it is unknown whether somebody has silenced its alerts; now: http://am-0: no answer within 10 s", _bench.Only<Held>().Reason);
    }

    [Fact]
    public void Stale_RefusesAViewFromTheFuture()
    {
        _bench.Fire();
        _bench.ViewAge = TimeSpan.FromHours(-1);
        _bench.Planned();
        Assert.StartsWith("the clock was set back", _bench.Only<Held>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Stale_RefusesWithoutAView()
    {
        _bench.Fire();
        _bench.ViewState = Core.Facts.ViewState.Loading;
        _bench.Planned();
        Assert.Equal("there is no view of the cluster", _bench.Only<Held>().Reason);
    }

    [Theory]
    [InlineData("off", 0)]
    [InlineData("diagnose", 0)]
    [InlineData("mild", 1)]
    [InlineData("full", 1)]
    [InlineData("", 1)]
    [InlineData("a typing mistake", 0)]
    public void Mode_OfTheObject_LowersTheMode(string annotation, int intents)
    {
        _bench.Workload["mode"] = annotation;
        _bench.Fire();
        if (_bench.Last.Jobs.OfType<MakePlan>().Any())
        {
            _bench.Planned();
        }

        Assert.Equal(intents, _bench.Intents.Count);
    }

    [Fact]
    public void Mode_Mild_OnlyShowsAStrongStep()
    {
        _bench.Workload["mode"] = "mild";
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        _bench.Planned("undo to revision 1");
        Assert.Empty(_bench.Intents);
        Assert.Equal("undo to revision 1", _bench.Only<WouldAct>().Plan.Summary);
    }

    [Theory]
    [InlineData(Mode.Observe, Mode.Auto, Mode.Observe)]
    [InlineData(Mode.Auto, Mode.Approve, Mode.Approve)]
    [InlineData(Mode.Approve, Mode.Auto, Mode.Approve)]
    [InlineData(Mode.Auto, Mode.Auto, Mode.Auto)]
    [InlineData(Mode.Auto, Mode.Observe, Mode.Observe)]
    public void Mode_IsTheLowestOfSettingAndPlaybook(Mode setting, Mode ceiling, Mode expected)
    {
        _bench.Settings = new() { Mode = setting };
        _bench.Playbook = Bench.RestartLoop(ceiling, Bench.Step("undo", "kubernetes.rollout-undo"));
        _bench.Fire();
        Assert.Equal(expected, _bench.Only<RunStarted>().Mode);
    }

    [Fact]
    public void Budget_CountsOtherIncidentsOnly()
    {
        _bench.Permits.Add(new("other-1", "namespace test/shop", _bench.Now, "test/deployment/shop/one"));
        _bench.Permits.Add(new("other-2", "namespace test/shop", _bench.Now, "test/deployment/shop/two"));
        _bench.Fire();
        Assert.Equal(
            "2 of 2 changes are in flight in namespace test/shop; now: incident other-1, incident other-2", _bench.Only<Held>().Reason);

        _bench.Permits.RemoveAt(0);
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Planned();
        Assert.Single(_bench.Intents);
    }

    /// <summary>Thousands may wait for one budget: each change of who holds it would be news to all of them.</summary>
    [Fact]
    public void Budget_WhoseHoldersChange_IsSaidOnce()
    {
        _bench.Permits.Add(new("other-1", "namespace test/shop", _bench.Now, "test/deployment/shop/one"));
        _bench.Permits.Add(new("other-2", "namespace test/shop", _bench.Now, "test/deployment/shop/two"));
        _bench.Fire();
        for (var next = 0; next < 20; next++)
        {
            _bench.Permits.RemoveAt(0);
            _bench.Permits.Add(new($"next-{(char)('a' + next)}", "namespace test/shop", _bench.Now, "test/deployment/shop/next"));
            _bench.Wake(TimeSpan.FromSeconds(15));
        }

        _bench.Only<Held>();
    }

    [Fact]
    public void Disruption_SparesTheOnlyReplicaOfWhatIsStateful()
    {
        _bench.Workload["desired"] = "1";
        _bench.Resource = new("test", "statefulset", "shop", "api");
        Assert.Equal("statefulset shop/api is stateful and has one replica only", Check("kubernetes.evict-pod").Refusal);
    }

    [Theory]
    [InlineData("true", "false", "kubernetes.evict-pod", false)]
    [InlineData("true", "false", "kubernetes.rollout-restart", false)]
    [InlineData("true", "false", "kubernetes.rollout-undo", true)]
    [InlineData("true", "true", "kubernetes.evict-pod", true)]
    [InlineData("false", "false", "kubernetes.rollout-restart", true)]
    public void Disruption_LeavesARolloutAlone_UnlessTheStepEndsIt(string rollingOut, string stuck, string use, bool allowed)
    {
        _bench.Workload["rolling_out"] = rollingOut;
        _bench.Workload["stuck"] = stuck;
        Assert.Equal(allowed, Check(use).IsAllowed);
    }

    [Fact]
    public void Disruption_ThatABudgetMightForbid_IsNone_WhereNoBudgetMayBeRead()
    {
        _bench.Cluster.Add(new(
            "pdb",
            new Dictionary<string, string> {
                ["namespace"] = "shop",
                ["workload"] = "api",
                ["workload_kind"] = "deployment",
                ["poddisruptionbudget"] = "",
                ["allowed"] = "",
                ["healthy"] = "",
                ["desired_healthy"] = "" },
            _bench.Now));
        Assert.Equal(
            "it is unknown whether a PodDisruptionBudget forbids it: reading poddisruptionbudgets is not permitted",
            Check("kubernetes.rollout-restart").Refusal);
        Assert.True(Check("kubernetes.evict-pod").IsAllowed);
    }

    private Verdict Check(string use)
    {
        var step = Bench.Step("step", use);
        return Guards.Ordered.Single(g => g.Name == "disruption").Check(_bench.Guarded(step));
    }

    private void AssertHeld(string guard, string reason)
    {
        _bench.Fire();
        var held = _bench.Only<Held>();
        Assert.Equal((guard, reason), (held.Guard, held.Reason));
        Assert.Empty(_bench.Intents);
    }
}
