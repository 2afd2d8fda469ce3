using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// Nothing is decided about a cluster that cannot be seen. That alerts wait meanwhile is one incident, of the cluster, and people are told
/// of it once for all of them.
/// </summary>
public static class UnseenCluster
{
    public const string Problem = "cluster-not-seen";

    /// <param name="message">What people are told.</param>
    /// <returns>Nothing where they know already, or where the cluster is seen from here.</returns>
    public static IReadOnlyList<Happened> Tell(ResourceState state, World world, string message)
    {
        if (RuleChoices.SeesCluster(world) || state.OfProblem(Problem) is not null)
        {
            return [];
        }

        var id = world.NewId();
        return [.. new[] { new IncidentOpened(Problem, "", null), Handed(message, world) }.Select(e =>
            new Happened(e, id, world.Now, id, Happened.Engine))];
    }

    private static Event Handed(string message, World world) => Escalations.OfEngine(
        world,
        message,
        world.ViewProblem.Length > 0 ? world.ViewProblem : "its API server does not answer",
        "remediator status says which watch fails; look at the API server and at Remediator's rights");
}
