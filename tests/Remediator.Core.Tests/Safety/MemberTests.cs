using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Tests.Safety;

/// <summary>A member of a StatefulSet is taken away only while all the others work.</summary>
public sealed class MemberTests
{
    private const string Evict = "kubernetes.evict-pod";
    private const string Restart = "kubernetes.rollout-restart";

    private readonly Bench _bench = new() { Resource = new("test", "statefulset", "shop", "api") };

    public MemberTests()
    {
        (_bench.Workload["evict"], _bench.Workload["available"]) = ("allowed", "2");
        Pods("Running true", "Running true", "Running false");
    }

    [Fact]
    public void OneThatDoesNotWork_MayBeTheOneAtHand_UntilItIsPlanned()
    {
        Assert.True(Disruption(Evict).IsAllowed);
        Assert.True(Disruption(Evict, planned: "api-2").IsAllowed);
        Assert.Equal(
            "pod api-2 of statefulset shop/api is still starting, recovering or ending", Disruption(Evict, planned: "api-1").Refusal);
        // a plan that has to be made again names nobody
        Assert.True(Disruption(Evict, planned: "api-1", age: TimeSpan.FromSeconds(11)).IsAllowed);
    }

    [Theory]
    [InlineData("Running false")]
    [InlineData("Pending false")]
    [InlineData("Running true terminating")]
    [InlineData("Running false crashing")]
    public void AnotherThatDoesNotWork_HoldsTheStepBack(string other)
    {
        Pods("Running true", other, "Running false");
        Assert.Equal("pod api-1 of statefulset shop/api is still starting, recovering or ending", Disruption(Evict).Refusal);
        Assert.Equal(
            "pod api-1 of statefulset shop/api is still starting, recovering or ending", Disruption(Evict, planned: "api-2").Refusal);
    }

    [Fact]
    public void OneThatIsMissing_HoldsTheStepBack()
    {
        Pods("Running true", "Running false");
        Assert.Equal("a pod of statefulset shop/api is missing", Disruption(Evict).Refusal);
        Assert.Equal("a pod of statefulset shop/api is missing", Disruption(Restart).Refusal);
    }

    [Fact]
    public void OneThatIsReadyForTooShort_HoldsTheStepBack()
    {
        _bench.Workload["available"] = "1";
        Assert.False(Disruption(Evict).IsAllowed);
    }

    [Theory]
    [InlineData("Running false crashing", true)]
    [InlineData("Running true", true)]
    [InlineData("Running false", false)]
    [InlineData("Pending false", false)]
    [InlineData("Running true terminating", false)]
    public void Rollout_GoesOnlyOverMembersThatWorkOrCrash(string last, bool allowed)
    {
        Pods("Running true", "Running true", last);
        Assert.Equal(allowed, Disruption(Restart).IsAllowed);
    }

    /// <summary>It is the owner's word that is passed over; the moment is waited for.</summary>
    [Fact]
    public void MemberGuard_SaysOnlyWhatTheOwnerSays()
    {
        Pods("Pending false", "Running false", "Running false");
        Assert.True(Check("member", Evict, null, default).IsAllowed);
        _bench.Workload["evict"] = "";
        Assert.False(Check("member", Evict, null, default).IsAllowed);
        Assert.True(Disruption(Evict).IsAllowed);
    }

    private Verdict Disruption(string use, string? planned = null, TimeSpan age = default) => Check("disruption", use, planned, age);

    private Verdict Check(string guard, string use, string? planned, TimeSpan age)
    {
        var step = _bench.Guarded(Bench.Step("step", use));
        var run = planned is null ? null : new Run
        {
            Id = "r",
            Playbook = "restart-loop",
            Source = "restart-loop",
            With = new Dictionary<string, string>(),
            StartedAt = _bench.Now,
            Plan = new() { Summary = "evict", Parameters = new Dictionary<string, string> { ["pod"] = planned } },
            PlannedAt = _bench.Now - age,
        };
        return Guards.Ordered.Single(g => g.Name == guard).Check(step with { Incident = step.Incident with { Run = run } });
    }

    /// <param name="pods">Phase, readiness and what else is true of it.</param>
    private void Pods(params string[] pods) => _bench.Cluster = [.. pods.Select((pod, i) => Pod($"api-{i}", pod.Split(' ')))];

    private static Fact Pod(string name, string[] states) => Fact.Parse(
        $"pod{{namespace=\"shop\",workload=\"api\",workload_kind=\"statefulset\",pod=\"{name}\",phase=\"{states[0]}\",ready=\"{states[1]}\""
        + string.Concat(states.Skip(2).Select(s => $",{s}=\"true\"")) + "}");
}
