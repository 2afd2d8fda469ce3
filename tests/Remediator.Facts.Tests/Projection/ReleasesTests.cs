using Remediator.Facts.Objects;

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
    [InlineData("pre-install,pre-upgrade", "", "Complete", 12, true)]
    [InlineData("post-upgrade", "", "Complete", 8, true)]
    [InlineData("", "shop", "Complete", 12, true)]
    [InlineData("pre-upgrade", "shop", "Complete", 12, true)]
    [InlineData("pre-upgrade", "mail", "Complete", 12, false)]
    [InlineData("pre-upgrade", "", "Failed", 12, false)]
    [InlineData("pre-upgrade", "", "Complete", 90, false)]
    [InlineData("test", "", "Complete", 12, false)]
    [InlineData("", "", "Complete", 12, false)]
    public void JobOfTheReleaseThatHasCompletedWithTheRollout_SpeaksAgainstGoingBack(
        string hook, string release, string end, int minutes, bool doubt)
    {
        var migrate = new Workload
        {
            Metadata = A.Meta("migrate") with
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
            doubt ? "job migrate of its release has completed, and what it did is not taken back with the rollout: annotate "
                + "remediator.io/undo: safe where going back is safe all the same" : "",
            api["rollout_doubt"]);
    }

    private static Workload Of(string name, string label)
    {
        var deployment = A.Deployment(name);
        return deployment with { Metadata = deployment.Metadata with { Labels = A.Map((label, "shop")) } };
    }
}
