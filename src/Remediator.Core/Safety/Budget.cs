using Remediator.Core.Incidents;
using Remediator.Core.Journal;

namespace Remediator.Core.Safety;

/// <summary>How much may be changed at once. The transaction that writes the intent has the last word; this guard says it early and in words.</summary>
public static class Budget
{
    public static IReadOnlyList<BudgetLimit> Limits(World world) =>
    [
        new($"cluster {world.Resource.Cluster}", world.Settings.AtOncePerCluster),
        new($"namespace {world.Resource.Cluster}/{world.Resource.Namespace}", world.Settings.AtOncePerNamespace),
    ];

    internal static Verdict Check(GuardedStep step)
    {
        if (step.Step is null)
        {
            return Verdict.Allowed;
        }

        if (step.World.PermitDenied is { } denied)
        {
            return Verdict.Refused(denied);
        }

        foreach (var limit in Limits(step.World))
        {
            var others = step.World.Permits.Where(p => p.Budget == limit.Budget && p.IncidentId != step.Incident.Id).Select(p => p.IncidentId).ToList();
            if (others.Count >= limit.AtOnce)
            {
                return Verdict.Refused($"{others.Count} of {limit.AtOnce} changes are in flight in {limit.Budget} (incidents {string.Join(", ", others.Take(3))})");
            }
        }

        return Verdict.Allowed;
    }
}
