using System.Text.Json;

namespace Remediator.Crash.Tests.Plans;

public sealed class CrashPlannerTests
{
    [Fact]
    public void Plan_OfASeed_IsTheSameForEver() =>
        Assert.Equal(JsonSerializer.Serialize(CrashPlanner.Of(4711)), JsonSerializer.Serialize(CrashPlanner.Of(4711)));

    [Fact]
    public void Plans_OfAThousandSeeds_HaveEverything()
    {
        var plans = Enumerable.Range(1, 1000).Select(CrashPlanner.Of).ToList();
        Assert.All(CrashPlanner.Places, name => Assert.InRange(plans.Count(p => p.First.Failpoint == name), 25, 80));
        Assert.Equal(
            Enum.GetValues<Cure>().Length * Enum.GetValues<Trouble>().Length,
            plans.SelectMany(p => p.Resources).Select(r => (r.Cure, r.Trouble)).Distinct().Count());
        Assert.InRange(plans.Count(p => p.Second is not null), 300, 500);
        Assert.All(plans.Where(p => p.First.Failpoint == "during-reload"), p => Assert.NotNull(p.ReloadAt));
        Assert.All(plans.Where(p => p.First.Failpoint == "during-shutdown"), p => Assert.NotNull(p.ShutdownAt));
    }
}
