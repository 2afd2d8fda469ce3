using k8s.Models;
using Remediator.Actions.Kubernetes.Drain;

namespace Remediator.Actions.Tests.Kubernetes.Drain;

public sealed class DrainLookTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void CriticalPods_GoWhenAllOthersAreGone()
    {
        V1Pod[] all = [Pod("a"), Critical("dns")];
        Assert.Equal(["a"], Next(Look(all)));
        Assert.Equal([], Next(Look([Ending("a"), Critical("dns")])));
        Assert.Equal(["dns"], Next(Look([Critical("dns")])));
        Assert.Equal("evict 2 pods, the 1 critical last", Look(all).Plan());
    }

    [Fact]
    public void ANodeWhosePodsAreGoing_IsNotDrainedYet()
    {
        var look = Look([Ending("a")]);

        Assert.False(look.IsDone);
        Assert.Equal("1 pod ending", look.Describe(None));
    }

    [Fact]
    public void ASilentKubelet_TakesNobodyAway_AndIsNotWaitedFor()
    {
        var look = Look([Ending("a"), Ending("b")], kubeletIsSilent: true);

        Assert.True(look.IsDone);
        Assert.Equal("all is evicted; the kubelet is silent, so it is not known whether 2 pods still run", look.Describe(None));
    }

    [Fact]
    public void ASilentKubelet_IsNoReasonToForgetWhoIsStillToBeAskedAbout() =>
        Assert.False(Look([Ending("a"), Pod("b")], kubeletIsSilent: true).IsDone);

    [Fact]
    public void WhatABudgetForbids_IsNamedOnceForAllItsPods()
    {
        var look = Look([.. Enumerable.Range(0, 7).Select(i => Pod($"api-{i}")), Pod("other")]);
        var refusals = Enumerable.Range(0, 7).ToDictionary(i => $"shop/api-{i}", _ => "its disruption budget forbids it.");

        Assert.Equal(
            "1 pod to be evicted; shop/api-0, shop/api-1, shop/api-2, shop/api-3, shop/api-4 and 2 more may not be evicted now: "
                + "its disruption budget forbids it.",
            look.Describe(refusals));
    }

    [Fact]
    public void APodThatCameMeanwhileAndMustStay_KeepsTheDrainOpen()
    {
        var look = new DrainLook([(Pod("late"), new(DrainAct.Refuse, "annotated so"))], kubeletIsSilent: false);

        Assert.False(look.IsDone);
        Assert.Equal("must not be evicted: shop/late (annotated so)", look.Describe(None));
    }

    [Fact]
    public void AnEmptyNode_IsDrained() => Assert.Equal("all is evicted", Look([]).Describe(None));

    private static IEnumerable<string> Next(DrainLook look) => look.Next.Select(p => p.Metadata.Name);

    [Theory]
    [InlineData("Unknown", 6, true)]
    [InlineData("Unknown", 4, false)]
    [InlineData("False", 60, false)]
    [InlineData("True", 60, false)]
    public void AKubelet_IsSilent_WhenNothingWasHeardForFiveMinutes(string ready, int minutes, bool silent) => Assert.Equal(
        silent,
        DrainLook.IsSilent(
            new()
            {
                Status = new()
                {
                    Conditions =
                    [
                        new() { Type = "Ready", Status = ready, LastTransitionTime = TestPods.Now.UtcDateTime.AddMinutes(-minutes) },
                    ],
                },
            },
            TestPods.Now.UtcDateTime,
            scale: 1));

    [Fact]
    public void WhatStays_IsNamedAtTheEndToo() => Assert.Equal(
        "all is evicted; what stays: 2 ended", Look([Ended("a"), Ended("b")]).Describe(None));

    private static DrainLook Look(IEnumerable<V1Pod> pods, bool kubeletIsSilent = false) =>
        new(pods.Select(p => (p, DrainFate.Of(p, new(), new HashSet<string>(), begun: null))), kubeletIsSilent);

    private static V1Pod Ended(string name) => Pod(name).With(p => p.Status.Phase = "Succeeded");

    private static V1Pod Pod(string name) => TestPods.Running(name);

    private static V1Pod Ending(string name) => Pod(name).With(p => p.Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime);

    private static V1Pod Critical(string name) => Pod(name).With(p => p.Spec.Priority = 2_000_001_000);
}
