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

    private void Belongs(string kind, string name, ClusterObjects objects) =>
        Says(Only(objects, "pod"), ("namespace", "shop"), ("workload_kind", kind), ("workload", name));
}
