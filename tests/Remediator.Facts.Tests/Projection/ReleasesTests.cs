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

    private static Workload Of(string name, string label)
    {
        var deployment = A.Deployment(name);
        return deployment with { Metadata = deployment.Metadata with { Labels = A.Map((label, "shop")) } };
    }
}
