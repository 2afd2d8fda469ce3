using k8s.Models;
using Remediator.Actions.Kubernetes.RaiseMemoryLimit;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes.RaiseMemoryLimit;

public sealed class MemoryRaisePlanTests
{
    [Theory]
    [InlineData("64Mi", "25%", "1Gi", "80Mi")]
    [InlineData("100Mi", "25%", "1Gi", "125Mi")]
    [InlineData("100Mi", "10.5%", "1Gi", "111Mi")]
    [InlineData("1Gi", "25%", "1100Mi", "1100Mi")]
    [InlineData("100M", "25%", "1Gi", "120Mi")]
    public void ALimit_IsRaisedToWholeMi_AndNotAboveTheCeiling(string old, string by, string ceiling, string expected) =>
        Assert.Equal(expected, MemoryRaise.Raised(Quantity.Parse(old), Percent.Parse(by), Quantity.Parse(ceiling)).ToString());

    [Theory]
    [InlineData("{}", "is not annotated with remediator.io/raise-memory-limit: raising its limit is its owner's choice")]
    [InlineData(
        """{"remediator.io/raise-memory-limit":"much"}""",
        "has the annotation remediator.io/raise-memory-limit with 'much', which is not an amount of memory")]
    [InlineData("""{"remediator.io/raise-memory-limit":"64Mi"}""", "has its container main at 64Mi already, and the ceiling is 64Mi")]
    [InlineData("""{"remediator.io/raise-memory-limit":"1Gi","remediator.io/memory-limit-raised":"{\"at\":\"2026-11-22T03:00:01Z\"}"}""",
        "had its limit raised within the last 24 hours, or its annotation remediator.io/memory-limit-raised cannot be read")]
    [InlineData("""{"remediator.io/raise-memory-limit":"1Gi","remediator.io/memory-limit-raised":"yesterday"}""",
        "had its limit raised within the last 24 hours, or its annotation remediator.io/memory-limit-raised cannot be read")]
    public void WithoutItsOwnersConsentOfToday_ItIsRefused(string annotations, string refusal) =>
        Assert.Equal(refusal, Of(annotations, Killed()).Refusal);

    [Fact]
    public void ADayLater_ItMayBeRaisedAgain() =>
        Assert.Equal(
            "80Mi",
            Assert.Single(Of(
                """{"remediator.io/raise-memory-limit":"1Gi","remediator.io/memory-limit-raised":"{\"at\":\"2026-11-22T02:59:59Z\"}"}""",
                Killed()).Raises).To);

    [Fact]
    public void AContainerThatEndedOtherwise_IsNotRaised() =>
        Assert.Equal("has no container that was OOM-killed recently", Of(Consent, TestPods.Crashing("api-1", 3)).Refusal);

    [Fact]
    public void AnOomKillOfHoursAgo_IsNotOfLate() =>
        Assert.Equal(
            "has no container that was OOM-killed recently",
            Of(Consent, Killed(minutesAgo: 300).With(p => p.Status.ContainerStatuses[0].State = new() { Running = new() })).Refusal);

    [Fact]
    public void APodWithAnotherLimitThanTheTemplate_IsSomebodyElses()
    {
        var pod = Killed().With(
            p => p.Spec.Containers[0].Resources = new() { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("96Mi") } });
        Assert.Equal("has pods whose container main has another limit than its template: somebody else sets it", Of(Consent, pod).Refusal);
    }

    [Fact]
    public void AContainerWithoutALimit_GetsNone()
    {
        var (_, refusal) = MemoryRaisePlan.Of(
            new(
                "deployment",
                TestWorkloads.Deployment(Consent).With(
                    d => d["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject().Remove("resources"))),
            [Killed()], new(), TestPods.Now, TimeSpan.FromMinutes(10));
        Assert.Equal("sets no memory limit for its container main", refusal);
    }

    [Fact]
    public void APlaybook_MayAskForAQuarterAtMost()
    {
        List<InputFault> faults = [];
        Assert.Null(ActionInputBinder.Bind(typeof(RaiseMemoryLimitInput), [new("by", "50%")], faults));
        Assert.Equal(
            "'by' is 50%; expected more than 0% and at most 25%: a limit is raised carefully, and once", Assert.Single(faults).Message);
        Assert.NotNull(ActionInputBinder.Bind(typeof(RaiseMemoryLimitInput), [new("by", "20%"), new("ceiling", "2Gi")], faults));
    }

    private const string Consent = """{"remediator.io/raise-memory-limit":"1Gi"}""";

    private static (IReadOnlyList<MemoryRaise> Raises, string Refusal) Of(string annotations, V1Pod pod) =>
        MemoryRaisePlan.Of(
            new LiveWorkload("deployment", TestWorkloads.Deployment(annotations)), [pod], new(), TestPods.Now, TimeSpan.FromMinutes(10));

    private static V1Pod Killed(double minutesAgo = 1) => TestPods.Crashing("api-1", 3, 137, "OOMKilled", minutesAgo);
}
