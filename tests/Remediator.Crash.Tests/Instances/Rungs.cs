using Remediator.Core.Events;
using Remediator.Crash.Tests.Histories;

namespace Remediator.Crash.Tests.Instances;

/// <summary>The rungs, and what is true of each story.</summary>
internal static class Rungs
{
    public const string Drain = "kubernetes.drain";
    public const string Standby = "aws.enter-standby";
    public const string Reboot = "aws.reboot-instance";
    public const string StopStart = "aws.stop-start-instance";
    public const string Replace = "aws.replace-instance";
    public const string Terminate = "TerminateInstanceInAutoScalingGroup";

    public static async Task DieInAsync(KilledEngine engine, string rung, params IEnumerable<string> places)
    {
        foreach (var place in places)
        {
            await engine.DieAsync(place);
            Assert.True(
                engine.Entries().Select(e => e.Event).OfType<ActionIntended>().LastOrDefault()?.Use == rung,
                $"it died {place}, and not in {rung}:\n{engine.Story()}");
        }
    }

    /// <summary>Each rung once, however often it was gone on with, and nothing that nobody can tell.</summary>
    public static void AssertStory(KilledEngine engine, IReadOnlyList<Entry> entries, params string[] rungs)
    {
        var events = entries.Select(e => e.Event).ToList();
        Assert.True(
            events.OfType<IncidentClosed>().SingleOrDefault()?.Reason is CloseReason.Verified
                && !events.Exists(e => e is Escalated or ActionInDoubt),
            engine.Story());
        Assert.Equal(rungs, events.OfType<ActionIntended>().DistinctBy(i => i.ActionId).Select(i => i.Use));
    }

    public static void AssertCalls(NodesOnEc2 nodes, params (string Action, int Count)[] calls) => Assert.Equal(
        calls.OrderBy(c => c.Action, StringComparer.Ordinal),
        nodes.Aws.Calls
            .Where(c => !c.Action.StartsWith("Describe", StringComparison.Ordinal) && !c.Action.StartsWith("Get", StringComparison.Ordinal))
            .GroupBy(c => c.Action).Select(g => (g.Key, g.Count())).OrderBy(c => c.Key, StringComparer.Ordinal));
}
