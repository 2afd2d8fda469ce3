using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Core.Safety;

/// <summary>How much may be changed at once. The transaction that writes the intent has the last word; this guard says it early and in words.</summary>
public static class Budget
{
    public static IReadOnlyList<BudgetLimit> Limits(World world) => Limits(world.Resource, world.Settings);

    public static IReadOnlyList<BudgetLimit> Limits(ResourceKey resource, EngineSettings settings) =>
    [
        new($"cluster {resource.Cluster}", settings.AtOncePerCluster),
        new($"namespace {resource.Cluster}/{resource.Namespace}", settings.AtOncePerNamespace),
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
            if (step.World.Budgets.FirstOrDefault(b => b.Budget == limit.Budget) is { } others && others.InFlight >= limit.AtOnce)
            {
                return Verdict.Refused($"{others.InFlight} of {limit.AtOnce} changes are in flight in {limit.Budget} (incidents {string.Join(", ", others.Incidents)})");
            }
        }

        return Verdict.Allowed;
    }
}
