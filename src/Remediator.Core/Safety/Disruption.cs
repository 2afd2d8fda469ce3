using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>No repair that takes away what still works.</summary>
internal static class Disruption
{
    public static Guard Guard { get; } = new("disruption", GuardStage.Room, Check);

    public static Verdict Check(GuardedStep step)
    {
        if (step is not { Step: not null, Action: { } action } || step.World.Scope.Named("workload") is not [var workload, ..])
        {
            return Verdict.Allowed;
        }

        if (step.World.Resource.Kind == ResourceKinds.StatefulSet && workload["desired"] == "1")
        {
            return Verdict.NeedsPerson($"{step.World.Resource.Display} is stateful and has one replica only");
        }

        if (action.Disrupts is Disrupts.Rollout or Disrupts.OnePod && workload["rolling_out"] == "true" && workload["stuck"] != "true")
        {
            return Verdict.Refused($"a rollout of {step.World.Resource.Display} is in progress");
        }

        if (action.Disrupts is Disrupts.FailingRollout
            && workload["rolling_out"] == "true"
            && workload["stuck"] != "true"
            && IsOfOldPods(step.World, workload))
        {
            return Verdict.Refused(
                $"a rollout of {step.World.Resource.Display} is in progress, and only old pods crash: the rollout may be the repair");
        }

        return action.Disrupts is Disrupts.Rollout ? AgainstBudget(step) : Verdict.Allowed;
    }

    private static bool IsOfOldPods(World world, Fact workload) =>
        world.Scope.Named("container").Where(c => c["crashing"] == "true").ToList() is { Count: > 0 } crashing
            && crashing.TrueForAll(c => c["revision"].Length > 0 && c["revision"] != workload["revision"]);

    private static Verdict AgainstBudget(GuardedStep step) =>
        step.World.Scope.Named("pdb") is { Count: > 0 } budgets
            && budgets.FirstOrDefault(b => b["allowed"] is "0" or "" && Needs(b)) is { } exhausted
            ? Verdict.Refused(exhausted["poddisruptionbudget"].Length > 0
                ? $"the PodDisruptionBudget {exhausted["poddisruptionbudget"]} allows no disruption now"
                : "it is unknown whether a PodDisruptionBudget forbids it: reading poddisruptionbudgets is not permitted")
            : Verdict.Allowed;

    private static bool Needs(Fact budget) => budget["healthy"] == budget["desired_healthy"] || budget["healthy"].Length == 0;
}
