using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

public sealed class RevisionTests : ProjectionTest
{
    private static readonly ContainerStatus Crash = A.Waiting("CrashLoopBackOff", 3, A.Ended(1));

    [Fact]
    public void OldPodsThatAreStillReady_ProveThePreviousRevision()
    {
        var fact = Workload(BadRollout(oldPods: [OldPod()]));
        Says(fact, ("revision", "bad"), ("rollout_age_minutes", "5"), ("previous_revision", "good"), ("previous_was_available", "true"));
    }

    [Fact]
    public void OldPodsThatCrashThemselves_ProveNothing() =>
        Says(Workload(BadRollout(oldPods: [OldPod(Crash)])), ("previous_revision", "good"), ("previous_was_available", "false"));

    [Fact]
    public void OldRevisionWithoutPods_ThatWasNeverSeenReady_ProvesNothing() =>
        Says(Workload(BadRollout(oldPods: [])), ("previous_revision", "good"), ("previous_was_available", "false"));

    [Fact]
    public void RevisionThatWasSeenReadyForLongEnough_IsRememberedWhenItsPodsAreGone()
    {
        Project(GoodState(readyForMinutes: 3));
        Says(Workload(BadRollout(oldPods: [])), ("previous_revision", "good"), ("previous_was_available", "true"));
    }

    [Fact]
    public void RevisionOfWhichOnlyAFewOfTheDesiredPodsWereReady_IsNotRemembered()
    {
        Project(GoodState(readyForMinutes: 3) with { Deployments = [A.Deployment("api", 3)] });
        Says(Workload(BadRollout(oldPods: [])), ("previous_revision", "good"), ("previous_was_available", "false"));
    }

    [Fact]
    public void RevisionThatWasReadyOnlyForAMoment_IsNotRemembered()
    {
        Project(GoodState(readyForMinutes: 1));
        Says(Workload(BadRollout(oldPods: [])), ("previous_was_available", "false"));
    }

    [Fact]
    public void RememberedRevision_WhoseReplicaSetIsGone_IsNotOffered()
    {
        Project(GoodState(readyForMinutes: 3));
        var objects = BadRollout(oldPods: []);
        Says(
            Workload(objects with { ReplicaSets = [objects.ReplicaSets[1]] }), ("previous_revision", ""),
            ("previous_was_available", "false"));
    }

    [Fact]
    public void SecondBadRollout_GoesBackToTheLastGoodOne()
    {
        Project(GoodState(readyForMinutes: 3));
        Project(BadRollout(oldPods: []));
        var second = BadRollout(oldPods: []);
        var worse = second with { ReplicaSets = [.. second.ReplicaSets, A.ReplicaSet("api", "worse", 3, 1)] };
        Says(Workload(worse), ("revision", "worse"), ("previous_revision", "good"), ("previous_was_available", "true"));
    }

    [Fact]
    public void RevisionTakenUpAgainByAnUndo_IsAsOldAsTheRolloutThatTookItUp()
    {
        var deployment = A.Deployment("api");
        var objects = new ClusterObjects
        {
            Deployments = [deployment with { Status = deployment.Status with { Conditions = [new() {
                Type = "Progressing",
                Status = "True",
                LastUpdateTime = A.Now.AddMinutes(-7) }] } }],
            ReplicaSets = [A.ReplicaSet("api", "good", 3, 9000, reused: true), A.ReplicaSet("api", "bad", 2, 30)],
        };

        Says(Workload(objects), ("revision", "good"), ("rollout_age_minutes", "7"), ("previous_revision", "bad"));
    }

    [Fact]
    public void ChangeThatWasSeen_TellsTheAgeOfTheRolloutBest()
    {
        var before = new ClusterObjects {
            Deployments = [A.Deployment("api")],
            ReplicaSets = [A.ReplicaSet("api", "good", 1, 9000), A.ReplicaSet("api", "bad", 2, 30)] };
        Project(before);
        var undone = before with { ReplicaSets = [A.ReplicaSet("api", "good", 3, 9000, reused: true), A.ReplicaSet("api", "bad", 2, 30)] };
        Project(undone, minutesLater: 1);
        Says(Workload(undone, minutesLater: 4), ("rollout_age_minutes", "3"));
    }

    [Theory]
    [InlineData("statefulset")]
    [InlineData("daemonset")]
    public void ControllerRevisions_AreTheRevisionsOfStatefulSetsAndDaemonSets(string kind)
    {
        var controller = A.Owner(kind == "daemonset" ? "DaemonSet" : "StatefulSet", "db");
        var old = kind == "daemonset" ? "1a" : "db-1a";
        var bad = kind == "daemonset" ? "2b" : "db-2b";
        var set = A.Deployment("db") with { Status = new() { UpdateRevision = kind == "daemonset" ? "" : bad } };
        var objects = new ClusterObjects
        {
            StatefulSets = kind == "daemonset" ? [] : [set],
            DaemonSets = kind == "daemonset" ? [set] : [],
            Revisions = [Revision("1a", 1, 600, controller), Revision("2b", 2, 5, controller)],
            Pods = [A.Pod("db-0", controller, old), A.Pod("db-1", controller, bad, Crash, ready: false)],
        };

        Says(
            Workload(objects), ("revision", bad), ("rollout_age_minutes", "5"), ("previous_revision", old),
            ("previous_was_available", "true"));
    }

    [Fact]
    public void ControllerRevisionTakenUpAgain_IsOfUnknownAge()
    {
        var controller = A.Owner("StatefulSet", "db");
        var objects = new ClusterObjects
        {
            StatefulSets = [A.Deployment("db") with { Status = new() { UpdateRevision = "db-1a" } }],
            Revisions = [Revision("1a", 3, 600, controller), Revision("2b", 2, 5, controller)],
        };

        Says(Workload(objects), ("revision", "db-1a"), ("rollout_age_minutes", ""));
    }

    private Core.Facts.Fact Workload(ClusterObjects objects, double minutesLater = 0) =>
        Assert.Single(Project(objects, minutesLater).All, f => f.Name == "workload");

    private static ControllerRevision Revision(string hash, long number, double createdMinutesAgo, OwnerReference controller) => new()
    {
        Metadata = A.Meta($"db-{hash}", owner: controller) with {
            Labels = A.Map(("controller-revision-hash", hash)),
            CreationTimestamp = A.Now.AddMinutes(-createdMinutesAgo) },
        Revision = number,
    };

    private static Pod OldPod(ContainerStatus? status = null) => A.Pod("api-good-1", A.Owner("ReplicaSet", "api-good"), "good", status);

    private static ClusterObjects GoodState(int readyForMinutes) => new()
    {
        Deployments = [A.Deployment("api", 1)],
        ReplicaSets = [A.ReplicaSet("api", "good", 1, 600)],
        Pods = [A.Pod("api-good-1", A.Owner("ReplicaSet", "api-good"), "good", readyForMinutes: readyForMinutes)],
    };

    private static ClusterObjects BadRollout(IReadOnlyList<Pod> oldPods) => new()
    {
        Deployments = [A.Deployment("api")],
        ReplicaSets = [A.ReplicaSet("api", "good", 1, 600), A.ReplicaSet("api", "bad", 2, 5)],
        Pods = [.. oldPods, A.Pod("api-bad-1", A.Owner("ReplicaSet", "api-bad"), "bad", Crash, ready: false)],
    };
}
