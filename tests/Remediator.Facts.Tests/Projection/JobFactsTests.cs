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

    /// <summary>Of one whose tries are counted their pods may be gone; of one that a quota refuses there never was any.</summary>
    [Theory]
    [InlineData(false, 0, 0, "false")]
    [InlineData(true, 0, 0, "true")]
    [InlineData(false, 2, 0, "true")]
    [InlineData(false, 0, 1, "true")]
    public void ARunOfWhichNoPodWasMade_SaysSo(bool hasPod, int failed, int succeeded, string has)
    {
        var job = Run("nightly-1", 10, null) with { Status = new() { Failed = failed, Succeeded = succeeded } };
        var pod = A.Pod("nightly-1-x", A.Owner("Job", hasPod ? "nightly-1" : "nightly-0"));
        var before = Run("nightly-0", 1500, "Complete");
        var facts = Project(new() { CronJobs = [CronJob], Jobs = [before, job], Pods = [pod] }).Named("job");
        Says(facts.Single(f => f["job"] == "nightly-1"), ("has_pods", has));
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
