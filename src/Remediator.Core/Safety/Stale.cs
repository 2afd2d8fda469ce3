using Remediator.Core.Facts;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>No act on a view that may be old, and none on a problem that the system of record does not show.</summary>
internal static class Stale
{
    public static Verdict Check(GuardedStep step)
    {
        var world = step.World;
        if (world.ViewState is not ViewState.Ready)
        {
            return Verdict.Refused(world.ViewProblem.Length > 0
                ? $"there is no view of the cluster: {world.ViewProblem}"
                : "there is no view of the cluster yet");
        }

        if (!world.IsFresh)
        {
            if (world.FreshAt > world.Now)
            {
                return Verdict.Refused("the clock was set back; the view of the cluster must be confirmed again");
            }

            var cause = world.ViewProblem.Length > 0 ? $": {world.ViewProblem}" : "";
            return Verdict.Refused($"the view of the cluster is {(world.Now - world.FreshAt).TotalSeconds:0} s old{cause}");
        }

        if (!world.KnowsStandings)
        {
            return Verdict.Refused("the outcome of earlier repairs has not been read yet");
        }

        if (step.Incident.Run?.ChangedAt is { } changed && world.FreshAt <= changed)
        {
            return Verdict.Refused("the view of the cluster does not yet show what the last step changed");
        }

        return world.Scope.All.Any(f => FactSchema.IsKind(f.Name))
            ? Verdict.Allowed
            : Verdict.Refused($"{world.Resource.Display} is not in the cluster");
    }
}
