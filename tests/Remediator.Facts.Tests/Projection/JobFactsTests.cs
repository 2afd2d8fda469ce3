using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

public sealed class JobFactsTests : ProjectionTest
{
    [Fact]
    public void ARunThatFailed_IsMadeUpForByALaterOneThatSucceeded()
    {
        var facts = Runs(Run("a", 300, "Failed"), Run("b", 200, "Complete"), Run("c", 100, "Failed"), Run("d", 10, null));
        Assert.Equal(
            [("a", "failed", "true"), ("b", "complete", "false"), ("c", "failed", "false"), ("d", "active", "false")],
            facts.Select(f => (f["job"], f["status"], f["later_succeeded"])).Order());
        Assert.All(facts, f => Says(f, ("workload", "nightly"), ("workload_kind", "cronjob"), ("namespace", "shop")));
        Assert.Equal("BackoffLimitExceeded", facts.First(f => f["job"] == "a")["reason"]);
    }

    [Fact]
    public void AJobByItself_IsItsOwnWorkload()
    {
        var job = Run("migrate", 10, "Failed") with { Metadata = A.Meta("migrate") };
        Says(Only(new() { Jobs = [job] }, "job"), ("workload", "migrate"), ("workload_kind", "job"), ("status", "failed"));
    }

    [Fact]
    public void ARunThatIsDeleted_IsNoFactAnyMore()
    {
        var cluster = new SeenCluster(Memory);
        var objects = new ClusterObjects { CronJobs = [CronJob], Jobs = [Run("a", 300, "Failed"), Run("b", 200, "Complete")] };
        Assert.Equal(2, cluster.See(objects, A.Now).Named("job").Count);
        var left = cluster.See(objects with { Jobs = [objects.Jobs[1]] }, A.Now.AddSeconds(1)).Named("job");
        Assert.Equal("b", Assert.Single(left)["job"]);
    }

    private static Workload CronJob => new() { Metadata = A.Meta("nightly") };

    private IReadOnlyList<Core.Facts.Fact> Runs(params Workload[] jobs) =>
        Project(new() { CronJobs = [CronJob], Jobs = jobs }).Named("job");

    private static Workload Run(string name, double beganMinutesAgo, string? condition) => new()
    {
        Metadata = A.Meta(name, owner: A.Owner("CronJob", "nightly")) with { CreationTimestamp = A.Now.AddMinutes(-beganMinutesAgo) },
        Status = new()
        {
            Conditions = condition is null
                ? []
                : [new() { Type = condition, Status = "True", Reason = condition == "Failed" ? "BackoffLimitExceeded" : "" }],
        },
    };
}
