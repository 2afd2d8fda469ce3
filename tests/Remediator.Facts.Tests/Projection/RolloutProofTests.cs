using Remediator.Facts.Objects;
using Remediator.Facts.Projection;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Whether the newest rollout is at fault; each is somebody's public report, or of its kind.</summary>
public sealed class RolloutProofTests : ProjectionTest
{
    private static readonly ContainerStatus Crash =
        A.Waiting("CrashLoopBackOff", 2, A.Ended(0.2) with { StartedAt = A.Now.AddMinutes(-0.25) });

    [Fact]
    public void NewPodsThatCrashFromTheStart_BesideGoodOldOnes_AreTheRolloutsFault() =>
        Says(
            Workload(Old(2), New(1, 2, Crash)), ("rollout_at_fault", "true"), ("rollout_doubt", ""), ("newest_pods", "1"),
            ("newest_sick", "1"), ("older_sick", "0"), ("newest_was_good", "false"), ("fault_after_minutes", "0"));

    [Fact]
    public void AllOfTheNewest_WhereNoOldOneIsLeft_AreTheRolloutsFault() =>
        Says(Workload([], New(3, 4, Crash)), ("rollout_at_fault", "true"));

    [Fact]
    public void C02_SecretGoneAfterAGoodRollout_OneOfFourCannotStart() => Doubts(
        "only 1 of its 4 pods is sick", [], [.. New(3, 20, A.Running()), .. New(1, 2, A.Waiting("CreateContainerConfigError"), first: 3)]);

    [Fact]
    public void SecondPodThatHasNotBeenTriedYet_SaysNothingForTheRollout()
    {
        var creating =
            New(1, 1, A.Waiting("ContainerCreating"), first: 1).Select(p => p with { Status = p.Status with { Phase = "Pending" } });
        Says(Workload(Old(1), [.. New(1, 2, Crash), .. creating]), ("rollout_at_fault", "true"));
        Says(Workload(Old(1), [.. New(1, 2, Crash), .. New(1, 1, A.Running(), first: 1, readyFor: 0)]), ("rollout_at_fault", "true"));
    }

    [Fact]
    public void OneOfManyNewPods_ProvesNothing_WhileTheOthersAreBeingCreated()
    {
        var creating =
            New(9, 1, A.Waiting("ContainerCreating"), first: 1).Select(p => p with { Status = p.Status with { Phase = "Pending" } });
        Doubts("only 1 of its 10 pods is sick", Old(30), [.. New(1, 2, Crash), .. creating]);
    }

    [Fact]
    public void C11_QuotaIsUsedUp_SoThatNoNewPodWasMade() => Doubts("none of its pods has been made", Old(3), []);

    [Fact]
    public void C18_OneContainerCannotBeMadeOnItsNode_AndThreeServe() => Doubts(
        "only 1 of its 4 pods is sick", [], [.. New(3, 20, A.Running()), .. New(1, 10, A.Waiting("CreateContainerError"), first: 3)]);

    [Fact]
    public void OneDaemonSetPodOfFifty_IsItsNodesTrouble() =>
        Doubts("only 1 of its 50 pods is sick", [], [.. New(49, 20, A.Running()), .. New(1, 20, Crash, first: 49)]);

    [Fact]
    public void OneYoungPodOfTen_InAHealthySlowRollout() =>
        Doubts(
            "none of its pods has been tried and is sick", Old(30),
            [.. New(9, 20, A.Running()), .. New(1, 3, NotReady, first: 9, ready: false)]);

    [Fact]
    public void HalfAreNotReady_WhileOthersBecomeReady() => Doubts(
        "it makes progress: a pod of it became ready a short while ago",
        Old(4), [.. New(2, 25, NotReady, ready: false), .. New(2, 25, A.Running(), first: 2, readyFor: 3)]);

    [Fact]
    public void HalfAreNotReady_AndNoneBecomesReady() => Says(
        Workload(Old(4), [.. New(2, 25, NotReady, ready: false), .. New(2, 25, A.Running(), first: 2, readyFor: 20)]),
        ("rollout_at_fault", "true"), ("progressing", "false"));

    /// <summary>They served, and do not since a moment: nobody can tell yet. Of old pods that is enough to doubt.</summary>
    [Theory]
    [InlineData(0, "none of its pods has been tried and is sick")]
    [InlineData(9, "none of its pods has been tried and is sick")]
    [InlineData(10, "")]
    public void PodsThatAreNotReadySinceAMoment_AreNotSickYet(int unreadyFor, string doubt)
    {
        Says(Workload(Old(2), New(2, 25, NotReady, ready: false, readyFor: unreadyFor)), ("rollout_doubt", doubt));
        var old = Old(2).Select(p => p with { Status = A.Pod("x", ready: false, readyForMinutes: unreadyFor).Status });
        Doubts("2 pods of older revisions are sick too", [.. old], New(2, 4, Crash));
    }

    /// <summary>A readiness probe that gives a pod that serves a quarter of an hour.</summary>
    [Theory]
    [InlineData(12, "none of its pods has been tried and is sick")]
    [InlineData(16, "")]
    public void ReadinessProbe_GivesAPodThatServesItsTime(int unreadyFor, string doubt)
    {
        var pods = New(2, 55, NotReady, ready: false, readyFor: unreadyFor).Select(p => p with
        {
            Spec = p.Spec with { Containers = [new() { Name = "main", ReadinessProbe = new(0, 60, 15) }] },
        });
        Says(Workload(Old(2), [.. pods]), ("newest_sick", doubt.Length > 0 ? "0" : "2"));
    }

    [Fact]
    public void OldPodsCrashToo() => Doubts("2 pods of older revisions are sick too", Old(2, Crash), New(2, 4, Crash));

    [Fact]
    public void DatabaseLost_FiftyMinutesAfterARolloutThatRanWell() => Doubts("it has run well before", [], New(3, 50, Crash));

    [Theory]
    [InlineData(20, "its pods ran well at first")]
    [InlineData(5, "")]
    public void DatabaseLost_MinutesAfterARolloutThatRanWell(int minutes, string doubt)
    {
        var cluster = new SeenCluster(Memory);
        cluster.See(Objects([], New(3, minutes + 1, A.Running(), readyFor: minutes)), A.Now.AddMinutes(-0.5));
        var view = cluster.See(Objects([], New(3, minutes + 1, Crash)), A.Now);
        Says(view.Named("workload").Single(w => w["workload"] == "api"), ("rollout_doubt", doubt));
    }

    [Fact]
    public void SickPodsThatAreAllOnOneNode_WhileThoseOnOthersAreWell_AreTheNodesTrouble() => Doubts(
        "its sick pods are all on node n2, and its pods on other nodes are well",
        Old(2), [.. On("n2", New(2, 14, Crash)), .. On("n3", New(2, 14, A.Running(), first: 2, readyFor: 13))]);

    [Fact]
    public void SickPodsOnTheNodeOnWhichOthersAreWell_AreTheRolloutsFault() => Says(
        Workload(Old(2), [.. On("n2", New(2, 14, Crash)), .. On("n2", New(2, 14, A.Running(), first: 2, readyFor: 13))]),
        ("rollout_at_fault", "true"));

    [Fact]
    public void SickPodsOnSeveralNodes_AreTheRolloutsFault() => Says(
        Workload(
            Old(2),
            [
                .. On("n2", New(1, 14, Crash)), .. On("n4", New(1, 14, Crash, first: 1)),
                .. On("n3", New(2, 14, A.Running(), first: 2, readyFor: 13)),
            ]),
        ("rollout_at_fault", "true"));

    [Theory]
    [InlineData("n2", true, true, 1, true)]
    [InlineData("n2", false, true, 1, false)]
    [InlineData("n2", false, true, 2, true)]
    [InlineData("n2", false, false, 2, false)]
    [InlineData("n3", true, true, 2, false)]
    public void OlderPodsOfOthersThatBecameSickOnItsNode_AreTheNodesTrouble(
        string sickOn, bool serveElsewhere, bool isClusterLarger, int others, bool doubt)
    {
        var pods = new List<Pod>();
        for (var i = 0; i < others; i++)
        {
            pods.AddRange(On(sickOn, [A.Pod($"o{i}-x", A.Owner("StatefulSet", $"o{i}"), "", NotReady, ready: false, readyForMinutes: 8)]));
            if (serveElsewhere)
                pods.AddRange(On("n4", [A.Pod($"o{i}-y", A.Owner("StatefulSet", $"o{i}"))]));
        }

        if (isClusterLarger)
            pods.AddRange(On("n4", [A.Pod("far-x", A.Owner("StatefulSet", "far"))]));
        var newest = On("n2", New(2, 4, Crash));
        var old = On("n2", Old(2));
        var names = string.Join(", ", Enumerable.Range(0, others).Select(i => $"statefulset o{i}"));
        Says(
            Workload([.. old, .. pods], newest), ("rollout_at_fault", doubt ? "false" : "true"),
            ("rollout_doubt",
                doubt ? $"its sick pods are all on node n2, on which older pods are sick too ({names}) and nowhere else" : ""));
    }

    /// <summary>What has crashed for days, or came after the rollout, tells nothing of the node.</summary>
    [Theory]
    [InlineData(9000, 600)]
    [InlineData(2, 1)]
    public void OthersThatWereSickLongBefore_OrCameAfterIt_TellNothing(int age, int unready)
    {
        var others = Enumerable.Range(0, 3).Select(i => A.Pod(
            $"o{i}-x", A.Owner("StatefulSet", $"o{i}"), "", Crash, "n2", ready: false, readyForMinutes: unready))
            .Select(p => p with { Metadata = p.Metadata with { CreationTimestamp = A.Now.AddMinutes(-age) } });
        Says(
            Workload(
                [.. On("n2", Old(2)), .. others, A.Pod("far-x", A.Owner("StatefulSet", "far"), node: "n4")], On("n2", New(2, 4, Crash))),
            ("rollout_at_fault", "true"));
    }

    [Fact]
    public void RolloutThatIsSickOnOneNodeOfALargeCluster_CostsWhatItCostsInASmallOne() =>
        Assert.InRange(BytesToJudgeItAmong(2000), 1, BytesToJudgeItAmong(20) * 1.2);

    /// <summary>The time that its image took is no time that it ran.</summary>
    [Fact]
    public void ImageThatTookAQuarterOfAnHour_IsNoGoodRun() => Says(Workload(Old(2), New(1, 16, Crash)), ("rollout_at_fault", "true"));

    [Fact]
    public void VolumesThatDoNotCome_AndPodsWithoutAPlace_WereNotTried()
    {
        var creating =
            New(2, 15, A.Waiting("ContainerCreating"), ready: false).Select(p => p with { Status = p.Status with { Phase = "Pending" } });
        Doubts("none of its pods has been tried and is sick", Old(2), [.. creating]);
    }

    [Fact]
    public void OnlyTheInjectedContainerCrashes()
    {
        var pods = New(2, 4, Crash with { Name = "istio-proxy" }).Select(p => p with
        {
            Spec = p.Spec with { Containers = [new() { Name = "main" }, new() { Name = "istio-proxy" }] },
        });
        Doubts("only containers that were injected into its pods are sick", Old(2), [.. pods]);
    }

    [Fact]
    public void RevisionThatServedAsAWholeForHalfAnHour_IsNotBlamedLater_AlthoughAllItsPodsAreNew()
    {
        Project(Objects([], New(3, 45, A.Running(), readyFor: 40)));
        Doubts("it has run well before", [], New(3, 2, Crash, first: 7));
    }

    [Fact]
    public void RevisionOfWhichMostPodsCrash_IsNoLongerOneToGoBackTo()
    {
        var good = Objects(Old(3), []) with { ReplicaSets = [A.ReplicaSet("api", "good", 1, 9000)] };
        Project(good);
        Project(good with { Pods = Old(3, Crash) });
        Says(Workload([], New(3, 2, Crash)), ("previous_revision", "good"), ("previous_was_available", "false"));
    }

    [Fact]
    public void WhatSaysWhyNoPodCanBeMade_IsKept()
    {
        var deployment = A.Deployment("api");
        deployment = deployment with
        {
            Status = deployment.Status with
            {
                Conditions =
                    [new() { Type = "ReplicaFailure", Status = "True", Reason = "FailedCreate", Message = "exceeded quota: pods" }],
            },
        };
        Says(Only(new() { Deployments = [deployment] }, "workload"), ("replica_failure", "exceeded quota: pods"));
    }

    private static ContainerStatus NotReady => A.Running() with { Ready = false };

    private void Doubts(string why, IReadOnlyList<Pod> old, IReadOnlyList<Pod> newest) =>
        Says(Workload(old, newest), ("rollout_at_fault", "false"), ("rollout_doubt", why));

    private Core.Facts.Fact Workload(IReadOnlyList<Pod> old, IReadOnlyList<Pod> newest) =>
        Assert.Single(Project(Objects(old, newest)).Named("workload"), f => f["workload"] == "api");

    private static double BytesToJudgeItAmong(int others)
    {
        var projector = new Projector(
            new("test", new BookedRevisions(), new(), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2)), new SeenCluster(new()).Topology);
        var pods = Enumerable.Range(0, others).Select(i => A.Pod($"o{i}-x", A.Owner("StatefulSet", $"o{i}"), node: "n4"));
        var all = Objects([.. On("n2", Old(2)), .. pods], On("n2", New(2, 4, Crash)));
        projector.Project(all.Since(new()), A.Now);
        Judge(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Judge(2);
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Judge(int replicas) => projector.Project(
            new() { Deployments = [new(all.Deployments[0].Metadata.Key, A.Deployment("api", replicas))] }, A.Now);
    }

    private static ClusterObjects Objects(IReadOnlyList<Pod> old, IReadOnlyList<Pod> newest) => new()
    {
        Deployments = [A.Deployment("api")],
        ReplicaSets = [A.ReplicaSet("api", "good", 1, 9000), Templated(A.ReplicaSet("api", "bad", 2, 55))],
        Pods = [.. old, .. newest],
    };

    private static List<Pod> On(string node, IEnumerable<Pod> pods) =>
        [.. pods.Select(p => p with { Spec = p.Spec with { NodeName = node } })];

    private static Workload Templated(Workload set) =>
        set with { Spec = set.Spec with { Template = new() { Spec = new() { Containers = [new("main")] } } } };

    private static List<Pod> Old(int count, ContainerStatus? status = null) =>
        [.. Enumerable.Range(0, count).Select(i =>
            A.Pod($"api-good-{i}", A.Owner("ReplicaSet", "api-good"), "good", status, ready: status is null))];

    private static List<Pod> New(int count, int age, ContainerStatus status, int first = 0, bool? ready = null, int? readyFor = null) =>
        [.. Enumerable.Range(first, count)
            .Select(i => A.Pod(
                $"api-bad-{i}", A.Owner("ReplicaSet", "api-bad"), "bad", status, ready: ready ?? status.State.Running is not null,
                readyForMinutes: readyFor ?? age - 1))
            .Select(p => p with { Metadata = p.Metadata with { CreationTimestamp = A.Now.AddMinutes(-age) } })];
}
