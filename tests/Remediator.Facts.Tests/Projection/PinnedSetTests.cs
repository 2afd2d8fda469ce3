using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Which pod a StatefulSet waits for for ever (kubernetes/kubernetes #67250): that one may go, and no other.</summary>
public sealed class PinnedSetTests : ProjectionTest
{
    private static readonly ContainerStatus NoImage = A.Waiting("InvalidImageName");

    public static TheoryData<string, string> Broken => new()
    {
        { "its image has no valid name", "InvalidImageName" }, { "its image is not there", "ImagePullBackOff" },
        { "its configuration is missing", "CreateContainerConfigError" }, { "it crashes", "CrashLoopBackOff" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void C20_BrokenPodOfTheRevisionBetween_PinsTheSet(string why, string reason)
    {
        _ = why;
        Assert.Equal("web-2", PinnedBy(Set(), Pod(0), Pod(1), Pod(2, "between", A.Waiting(reason, 3, A.Ended(1)))));
    }

    [Fact]
    public void SetThatWasTakenBackToWhatItHad_IsPinnedToo() =>
        Assert.Equal("web-2", PinnedBy(Set(update: "first"), Pod(0), Pod(1), Pod(2, "between", NoImage)));

    [Fact]
    public void PodOfTheWantedRevision_IsTheTemplatesTrouble() => IsNotPinned(Set(), Pod(0), Pod(1), Pod(2, "wanted", NoImage));

    [Fact]
    public void PodOfTheCurrentRevision_HasServed() => IsNotPinned(Set(), Pod(0), Pod(1), Pod(2, "first", NoImage));

    /// <summary>kubernetes/kubernetes #88896: the very first revision was wrong, and the set has nothing else yet.</summary>
    [Fact]
    public void FirstPodOfASetThatNeverRan_PinsIt() => Assert.Equal("web-0", PinnedBy(Set(), Pod(0, "first", NoImage)));

    /// <summary>hyperlane-xyz/hyperlane-monorepo #3347: it has run, and may hold data.</summary>
    [Fact]
    public void FirstPodThatHasRun_IsAMember() =>
        IsNotPinned(Set(), Pod(0, "first", A.Waiting("CrashLoopBackOff", 3, A.Ended(1))));

    [Fact]
    public void FirstPodOfTheWantedRevision_IsTheTemplatesTrouble() => IsNotPinned(Set(update: "first"), Pod(0, "first", NoImage));

    [Fact]
    public void PodThatRunsAndIsNotReady_MayBeRecovering() =>
        IsNotPinned(Set(), Pod(0), Pod(1), Pod(2, "between", A.Running() with { Ready = false }));

    [Fact]
    public void PodThatIsOnlyBeingStarted_IsNotBroken() =>
        IsNotPinned(Set(), Pod(0), Pod(1), Pod(2, "between", A.Waiting("ContainerCreating")));

    [Fact]
    public void AnotherPodThatIsNotReady_MakesItNoneOfThisKind() =>
        IsNotPinned(Set(), Pod(0), Pod(1, "first", A.Running() with { Ready = false }), Pod(2, "between", NoImage));

    [Fact]
    public void PodThatIsGoingAway_IsTakenCareOf()
    {
        var pod = Pod(2, "between", NoImage);
        IsNotPinned(Set(), Pod(0), Pod(1), pod with { Metadata = pod.Metadata with { DeletionTimestamp = A.Now } });
    }

    [Fact]
    public void SetThatStartsItsPodsAtOnce_WaitsForNone() =>
        IsNotPinned(Set(policy: "Parallel"), Pod(0), Pod(1), Pod(2, "between", NoImage));

    [Fact]
    public void SetWhosePodsPeopleReplace_WaitsForPeople() =>
        IsNotPinned(Set(strategy: "OnDelete"), Pod(0), Pod(1), Pod(2, "between", NoImage));

    [Fact]
    public void SetWhoseControllerHasNotSeenTheTemplateYet_IsNotJudged()
    {
        var set = Set();
        IsNotPinned(set with { Metadata = set.Metadata with { Generation = 3 } }, Pod(0), Pod(1), Pod(2, "between", NoImage));
    }

    private void IsNotPinned(Workload set, params Pod[] pods) => Assert.Equal("", PinnedBy(set, pods));

    private string PinnedBy(Workload set, params Pod[] pods) =>
        Project(new() { StatefulSets = [set], Pods = pods }).Named("workload").Single()["pinned_by"];

    private static Pod Pod(int ordinal, string revision = "first", ContainerStatus? status = null) =>
        A.Pod($"web-{ordinal}", A.Owner("StatefulSet", "web"), revision, status, ready: status is null);

    private static Workload Set(string update = "wanted", string policy = "", string strategy = "RollingUpdate")
    {
        var set = A.Deployment("web");
        return set with
        {
            Spec = set.Spec with { PodManagementPolicy = policy, UpdateStrategy = new() { Type = strategy } },
            Status = set.Status with { CurrentRevision = "first", UpdateRevision = update, UpdatedReplicas = 0 },
        };
    }
}
