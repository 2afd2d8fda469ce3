using Remediator.Core.Alerts;
using Remediator.Core.Resources;
using Remediator.Facts.Connection;
using Remediator.Facts.Objects;
using Remediator.Facts.Tests.Projection;
using Remediator.Facts.Watching;

namespace Remediator.Facts.Tests.Resolving;

public sealed class TopologyTests
{
    private SeenCluster _cluster = Cluster(new());

    [Fact]
    public void PodOfTheView_ResolvesToItsWorkload()
    {
        See(Shop("api-7c9f-aaaaa"));
        Assert.Equal("pod shop/api-7c9f-aaaaa belongs to deployment shop/api", Resolve("shop", "api-7c9f-aaaaa").How);
    }

    [Fact]
    public void PodThatIsGone_ResolvesToItsWorkloadForHours()
    {
        See(Shop("api-strange"));
        See(Shop("api-7c9f-bbbbb"), hours: 1);
        Assert.Equal("pod shop/api-strange is gone; it belonged to deployment shop/api", Resolve("shop", "api-strange").How);

        See(Shop("api-7c9f-bbbbb"), hours: 8);
        Assert.False(Resolve("shop", "api-strange").Known);
    }

    [Fact]
    public void MemoryOfPods_IsBounded()
    {
        _cluster = Cluster(new() { RememberPodsAtMost = 1 });
        See(Shop("api-x", "api-y"));
        See(Shop());
        Assert.Equal(1, new[] { "api-x", "api-y" }.Count(p => Resolve("shop", p).Known));
    }

    [Fact]
    public void PodThatCameBackAndIsGoneAgain_IsRememberedFromItsLastEnd()
    {
        See(Shop("api-x"));
        See(Shop(), hours: 1);
        See(Shop("api-x"), hours: 2);
        See(Shop(), hours: 5);
        See(Shop(), hours: 8);
        Assert.True(Resolve("shop", "api-x").Known);
    }

    [Theory]
    [InlineData("10.0.0.7:9100")]
    [InlineData("n1:9100")]
    [InlineData("n1")]
    public void Host_IsFoundByEveryNameOfItsNode(string instance)
    {
        See(new() { Nodes = [A.Node("n1")] });
        Assert.Equal("node n1", Resolve(new() { ["instance"] = instance, ["job"] = "node-exporter" }).Resource.Display);
    }

    [Fact]
    public void Instance_IsFoundByItsCloudId()
    {
        See(new() { Nodes = [A.Node("n1")] });
        Assert.Equal("node n1", Resolve(new() { ["instance_id"] = "i-0n1" }).Resource.Display);
    }

    [Fact]
    public void ReplicaSetAndJob_AreFoundAsTheirOwners()
    {
        var job = A.Deployment("backup-1") with { Metadata = A.Meta("backup-1", owner: A.Owner("CronJob", "backup")) };
        See(Shop() with { Jobs = [job], CronJobs = [A.Deployment("backup")] });
        Assert.Equal("deployment shop/api", Resolve(new() { ["namespace"] = "shop", ["replicaset"] = "api-7c9f" }).Resource.Display);
        Assert.Equal("cronjob shop/backup", Resolve(new() { ["namespace"] = "shop", ["job_name"] = "backup-1" }).Resource.Display);
    }

    [Fact]
    public void Volume_IsFoundAsTheClaimThatItIsBoundTo()
    {
        See(new() { Claims = [new() { Metadata = A.Meta("data"), Spec = new() { VolumeName = "pvc-1" } }] });
        Assert.Equal("pvc shop/data", Resolve(new() { ["persistentvolume"] = "pvc-1" }).Resource.Display);
    }

    [Fact]
    public void WorkloadOfWhichOnlyRevisionsRemain_IsNotKnown()
    {
        See(new() { ReplicaSets = [A.ReplicaSet("api", "7c9f", 1)] });
        Assert.False(Resolve(new() { ["namespace"] = "shop", ["deployment"] = "api" }).Known);
    }

    [Fact]
    public void Address_OfAPodOnItsHostsNetwork_NamesNoPod()
    {
        static Pod At(string name) => A.Pod(name) with { Status = new() { Phase = "Running", PodIP = "10.0.0.7" } };
        See(new() { Nodes = [A.Node("n1")], Pods = [At("etcd-n1"), At("proxy-n1")] });
        var resolution = Resolve(new() { ["instance"] = "10.0.0.7:2379" });
        Assert.Equal(("instance 10.0.0.7:2379", "n1"), (resolution.Resource.Display, resolution.Labels["node"]));
    }

    [Fact]
    public void BeforeTheFirstView_NothingIsKnown() => Assert.False(Resolve("shop", "api-7c9f-aaaaa").Known);

    private static SeenCluster Cluster(FactsOptions options) =>
        new(new(), new(KubernetesConnection.Find(new() { Name = "test", Kubeconfig = "/no/such/file" }, _ => null), options, []));

    private static ClusterObjects Shop(params string[] pods) => new()
    {
        Deployments = [A.Deployment("api")],
        ReplicaSets = [A.ReplicaSet("api", "7c9f", 1)],
        Pods = [.. pods.Select(p => A.Pod(p, A.Owner("ReplicaSet", "api-7c9f"), "7c9f"))],
    };

    private void See(ClusterObjects objects, double hours = 0) => _cluster.See(objects, A.Now.AddHours(hours));

    private Resolution Resolve(string space, string pod) => Resolve(new() { ["namespace"] = space, ["pod"] = pod });

    private Resolution Resolve(Dictionary<string, string> labels) =>
        _cluster.Source.Resolve(
            new() { Name = "SomeAlert", Status = AlertStatus.Firing, Labels = labels, StartsAt = A.Now, Fingerprint = "f" });
}
