using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

public sealed class OwnershipTests : ProjectionTest
{
    [Fact]
    public void PodOfADeployment_BelongsToTheDeployment() =>
        Belongs(
            "deployment",
            "api",
            new() {
                Deployments = [A.Deployment("api")],
                ReplicaSets = [A.ReplicaSet("api", "7c9f", 1)],
                Pods = [A.Pod("api-7c9f-x2x1z", A.Owner("ReplicaSet", "api-7c9f"), "7c9f")] });

    [Fact]
    public void PodWhoseReplicaSetIsNotKnownYet_BelongsToTheDeploymentThatItsHashTells() =>
        Belongs(
            "deployment",
            "api",
            new() { Deployments = [A.Deployment("api")], Pods = [A.Pod("api-7c9f-x2x1z", A.Owner("ReplicaSet", "api-7c9f"), "7c9f")] });

    [Fact]
    public void ReplicaSetWithoutOwner_OwnsItsPods()
    {
        var set = A.ReplicaSet("api", "7c9f", 1) with { Metadata = A.Meta("api-7c9f") };
        Belongs(
            "replicaset",
            "api-7c9f",
            new() { ReplicaSets = [set], Pods = [A.Pod("api-7c9f-x2x1z", A.Owner("ReplicaSet", "api-7c9f"), "7c9f")] });
    }

    [Theory]
    [InlineData("StatefulSet", "statefulset")]
    [InlineData("DaemonSet", "daemonset")]
    [InlineData("CloneSet", "cloneset")]
    public void PodOfAnotherController_BelongsToIt(string kind, string expected) =>
        Belongs(expected, "db", new() { Pods = [A.Pod("db-0", A.Owner(kind, "db"))] });

    [Theory]
    [InlineData("StatefulSet", "apps.kruise.io/v1beta1", "statefulset.apps.kruise.io")]
    [InlineData("Job", "batch.volcano.sh/v1alpha1", "job.batch.volcano.sh")]
    [InlineData("Cluster", "postgresql.cnpg.io/v1", "cluster.postgresql.cnpg.io")]
    public void PodOfAControllerThatIsCalledAsOneOfKubernetes_IsToldFromIt(string kind, string apiVersion, string expected) =>
        Belongs(expected, "db", new() { Pods = [A.Pod("db-0", A.Owner(kind, "db") with { ApiVersion = apiVersion })] });

    [Fact]
    public void PodOfAReplicaSetOfARollout_BelongsToTheRollout()
    {
        var set = A.ReplicaSet("api", "7c9f", 1) with { Metadata = A.Meta("api-7c9f", owner: Rollout) };
        Belongs("rollout", "api", new() { ReplicaSets = [set], Pods = [A.Pod("api-7c9f-x2x1z", A.Owner("ReplicaSet", "api-7c9f"))] });
    }

    /// <summary>What its ReplicaSets want is all that is known of a controller that is not watched.</summary>
    [Theory]
    [InlineData(2, 2, true, "2", "true")]
    [InlineData(2, 2, false, "2", "false")]
    [InlineData(3, 2, true, "3", "false")]
    public void Rollout_IsCompleteWhenAllPodsThatItsSetsWantAreReady(int wanted, int pods, bool ready, string desired, string complete)
    {
        var set = A.ReplicaSet("api", "7c9f", 1, replicas: wanted) with { Metadata = A.Meta("api-7c9f", owner: Rollout) };
        var facts = Only(new() {
            ReplicaSets = [set, A.ReplicaSet("api", "5d4b", 1) with { Metadata = A.Meta("api-5d4b", owner: Rollout) }],
            Pods = [.. Enumerable.Range(0, pods).Select(i => A.Pod($"api-7c9f-{i}", A.Owner("ReplicaSet", "api-7c9f"), ready: ready))] },
            "workload");
        Says(facts, ("workload_kind", "rollout"), ("desired", desired), ("complete", complete));
    }

    [Fact]
    public void ReplicaSetByItself_ThatMayMakeNoPod_SaysWhy()
    {
        var set = A.ReplicaSet("api", "7c9f", 1, replicas: 2) with { Metadata = A.Meta("api-7c9f") };
        set = set with { Status = set.Status with { Conditions = [
            new() { Type = "ReplicaFailure", Status = "True", Reason = "FailedCreate", Message = "exceeded quota: pods" }] } };
        Says(
            Only(new() { ReplicaSets = [set] }, "workload"),
            ("workload_kind", "replicaset"), ("workload", "api-7c9f"), ("replica_failure", "exceeded quota: pods"), ("complete", "false"));
    }

    [Fact]
    public void RevisionThatWantsNoPod_IsNoWorkload()
    {
        var set = A.ReplicaSet("api", "7c9f", 1) with { Metadata = A.Meta("api-7c9f", owner: Rollout) };
        Assert.DoesNotContain(Project(new() { ReplicaSets = [set] }).All, f => f.Name == "workload");
    }

    /// <summary>Nothing makes a bare pod anew that its node has ended; one that ended by itself is done.</summary>
    [Theory]
    [InlineData("Failed", "NodeShutdown", "false")]
    [InlineData("Failed", "Evicted", "")]
    [InlineData("Failed", "", "")]
    [InlineData("Succeeded", "", "")]
    public void BarePodThatIsFinished_IsIncompleteOnlyWhereItsNodeEndedIt(string phase, string reason, string complete)
    {
        var pod = A.Pod("debug", ready: false);
        pod = pod with { Status = pod.Status with { Phase = phase, Reason = reason } };
        Says(Only(new() { Pods = [pod] }, "workload"), ("workload_kind", "pod"), ("complete", complete));
    }

    [Fact]
    public void PodOfAJobOfACronJob_BelongsToTheCronJob()
    {
        var job = A.Deployment("backup-2891") with { Metadata = A.Meta("backup-2891", owner: A.Owner("CronJob", "backup")) };
        Belongs("cronjob", "backup", new() { Jobs = [job], Pods = [A.Pod("backup-2891-abcde", A.Owner("Job", "backup-2891"))] });
    }

    [Fact]
    public void PodOfAJob_BelongsToTheJob() =>
        Belongs("job", "migrate", new() { Pods = [A.Pod("migrate-abcde", A.Owner("Job", "migrate"))] });

    [Fact]
    public void BarePod_IsItsOwnWorkload() => Belongs("pod", "debug", new() { Pods = [A.Pod("debug")] });

    [Fact]
    public void StaticPod_WhichItsNodeOwns_IsItsOwnWorkload() =>
        Belongs("pod", "etcd-n1", new() { Pods = [A.Pod("etcd-n1", A.Owner("Node", "n1"))] });

    private static OwnerReference Rollout => A.Owner("Rollout", "api") with { ApiVersion = "argoproj.io/v1alpha1" };

    private void Belongs(string kind, string name, ClusterObjects objects) =>
        Says(Only(objects, "pod"), ("namespace", "shop"), ("workload_kind", kind), ("workload", name));
}
