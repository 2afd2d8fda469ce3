using Remediator.Facts.Objects;
using Remediator.Facts.Projection;

namespace Remediator.Facts.Tests.Projection;

/// <summary>What one release has rolled out together.</summary>
public sealed class ReleasesTests : ProjectionTest
{
    [Theory]
    [InlineData("app.kubernetes.io/part-of", 20, "deployment web")]
    [InlineData("app.kubernetes.io/instance", 20, "deployment web")]
    [InlineData("app.kubernetes.io/part-of", 90, "")]
    [InlineData("app.kubernetes.io/name", 20, "")]
    public void WorkloadsOfOneRelease_AreNamed_WhereTheyWereRolledOutTogether(string label, int minutes, string others)
    {
        var view = Project(new()
        {
            Deployments = [Of("api", label), Of("web", label), A.Deployment("other")],
            ReplicaSets =
            [
                A.ReplicaSet("api", "r1", 1, 9000), A.ReplicaSet("api", "r2", 2, 10), A.ReplicaSet("web", "r1", 1, minutes),
                A.ReplicaSet("other", "r1", 1, 10),
            ],
        });
        Says(view.Named("workload").Single(w => w["workload"] == "api"), ("rolled_with", others));
    }

    /// <summary>
    /// evoila/meho #1607, airflow-helm/charts #461, curie-eng/curie #2296: the release before cannot start on what the migration has made.
    /// </summary>
    [Theory]
    [InlineData("upgrade", "pre-install,pre-upgrade", "", "Complete", 12, "has completed")]
    [InlineData("upgrade", "post-upgrade", "", "Complete", 8, "has completed")]
    [InlineData("upgrade", "", "shop", "Complete", 12, "has completed")]
    [InlineData("upgrade", "pre-upgrade", "shop", "Complete", 12, "has completed")]
    [InlineData("upgrade", "pre-upgrade", "mail", "Complete", 12, null)]
    [InlineData("upgrade", "pre-upgrade", "", "Failed", 12, "has begun")]
    [InlineData("upgrade", "pre-upgrade", "", "Suspended", 12, null)]
    [InlineData("upgrade", "pre-upgrade", "", "Complete", 90, null)]
    [InlineData("upgrade", "test", "", "Complete", 12, null)]
    [InlineData("upgrade", "", "", "Complete", 12, null)]
    [InlineData("upgrade", "", "shop", "Failed", 12, null)]
    [InlineData("db-migrate", "", "shop", "Failed", 12, "has begun")]
    [InlineData("db-migrate", "", "", "Failed", 12, "has begun")]
    [InlineData("db-migrate", "", "", "Complete", 12, "has completed")]
    [InlineData("db-migrate", "", "mail", "Complete", 12, null)]
    public void JobOfTheReleaseThatHasRunWithTheRollout_SpeaksAgainstGoingBack(
        string name, string hook, string release, string end, int minutes, string? doubt)
    {
        var migrate = new Workload
        {
            Metadata = A.Meta(name) with
            {
                CreationTimestamp = A.Now.AddMinutes(-minutes),
                Annotations = hook.Length > 0 ? A.Map(("helm.sh/hook", hook)) : ObjectMeta.NoLabels,
                Labels = release.Length > 0 ? A.Map(("app.kubernetes.io/instance", release)) : ObjectMeta.NoLabels,
            },
            Status = new() { Conditions = [new() { Type = end, Status = "True" }] },
        };
        var crash = A.Waiting("CrashLoopBackOff", 4, A.Ended(0.2) with { StartedAt = A.Now.AddMinutes(-0.25) });
        var pod = A.Pod("api-r2-x", A.Owner("ReplicaSet", "api-r2"), "r2", crash, ready: false);
        var view = Project(new()
        {
            Deployments = [Of("api", "app.kubernetes.io/instance") with { Spec = A.Deployment("api", 1).Spec }],
            ReplicaSets = [A.ReplicaSet("api", "r1", 1, 9000), A.ReplicaSet("api", "r2", 2, 10)],
            Pods = [pod with { Metadata = pod.Metadata with { CreationTimestamp = A.Now.AddMinutes(-10) } }],
            Jobs = [migrate],
        });
        var api = view.Named("workload").Single(w => w["workload"] == "api");
        Assert.Equal(
            doubt is null ? "" : $"job {name} of its release {doubt}, and what it did is not taken back with the rollout: annotate "
                + "remediator.io/undo: safe where going back is safe all the same",
            api["rollout_doubt"]);
    }

    [Fact]
    public void WhatLeavesARelease_IsNoLongerNamed()
    {
        var cluster = new SeenCluster(Memory);
        var both = new ClusterObjects
        {
            Deployments = [Of("api", "app.kubernetes.io/instance"), Of("web", "app.kubernetes.io/instance")],
            ReplicaSets = [A.ReplicaSet("api", "r1", 1, 10), A.ReplicaSet("web", "r1", 1, 10)],
        };
        Assert.Equal("deployment web", RolledWith(cluster, both, 0));
        Assert.Equal(
            "", RolledWith(cluster, both with { Deployments = [both.Deployments[0], Of("web", "app.kubernetes.io/instance", "mail")] }, 2));
        Assert.Equal("deployment web", RolledWith(cluster, both, 4));
        Assert.Equal("", RolledWith(cluster, new() { Deployments = [both.Deployments[0]], ReplicaSets = [both.ReplicaSets[0]] }, 6));
    }

    /// <summary>Rollouts and completed jobs of other releases, at the same time in the same namespace.</summary>
    [Fact]
    public void WorkloadOfALargeNamespace_CostsWhatOneOfASmallNamespaceCosts() =>
        Assert.InRange(BytesToJudgeOneAmong(2000), 1, BytesToJudgeOneAmong(20) * 1.2);

    private static double BytesToJudgeOneAmong(int others)
    {
        var projector = new Projector(
            new("test", new BookedRevisions(), new(), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2)), new SeenCluster(new()).Topology);
        var api = Of("api", "app.kubernetes.io/instance");
        var names = Enumerable.Range(0, others).Select(i => $"other{i}").ToList();
        var all = new ClusterObjects
        {
            Deployments = [api, .. names.Select(n => Of(n, "app.kubernetes.io/instance", n))],
            ReplicaSets = [A.ReplicaSet("api", "r1", 1, 10), .. names.Select(n => A.ReplicaSet(n, "r1", 1, 10))],
            Jobs = [.. names.Select(n => Completed($"job-{n}", n))],
        };
        projector.Project(all.Since(new()), A.Now);
        Judge(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Judge(2);
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Judge(int replicas) => projector.Project(
            new() { Deployments = [new(api.Metadata.Key, api with { Spec = A.Deployment("api", replicas).Spec })] }, A.Now);
    }

    private static string RolledWith(SeenCluster cluster, ClusterObjects objects, int minutesLater) =>
        cluster.See(objects, A.Now.AddMinutes(minutesLater)).Named("workload").Single(w => w["workload"] == "api")["rolled_with"];

    private static Workload Completed(string name, string release) => new()
    {
        Metadata = A.Meta(name) with
        {
            CreationTimestamp = A.Now.AddMinutes(-10), Labels = A.Map(("app.kubernetes.io/instance", release)),
        },
        Status = new() { Conditions = [new() { Type = "Complete", Status = "True" }] },
    };

    private static Workload Of(string name, string label, string release = "shop")
    {
        var deployment = A.Deployment(name);
        return deployment with { Metadata = deployment.Metadata with { Labels = A.Map((label, release)) } };
    }
}
