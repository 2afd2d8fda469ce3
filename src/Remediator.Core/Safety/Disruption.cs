using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Language;
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

        var isOfPinningPod = action.Disrupts is Disrupts.OnePod && Members.RemovesWhatPins(step.World, step.Incident);
        if (step.World.Resource.Kind == ResourceKinds.StatefulSet && workload["desired"] == "1" && !isOfPinningPod)
        {
            return Verdict.NeedsPerson($"{step.World.Resource.Display} is stateful and has one replica only");
        }

        if (action.Disrupts is Disrupts.Rollout or Disrupts.OnePod
            && workload["rolling_out"] == "true"
            && workload["stuck"] != "true"
            && !isOfPinningPod)
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

        if (action.Disrupts is Disrupts.OnePod && SeveralBudgets(step.World) is { } several)
        {
            return Verdict.NeedsPerson(several);
        }

        if (action.Disrupts is Disrupts.OnePod && ReadyAgain(step.World) is { } ready)
        {
            return Verdict.Refused(ready);
        }

        if (Members.Away(step) is { } away)
        {
            return Verdict.Refused(away);
        }

        return action.Disrupts is Disrupts.Rollout ? AgainstBudget(step) : Verdict.Allowed;
    }

    private static bool IsOfOldPods(World world, Fact workload) =>
        world.Scope.Named("container").Where(c => c["crashing"] == "true").ToList() is { Count: > 0 } crashing
            && crashing.TrueForAll(c => c["revision"].Length > 0 && c["revision"] != workload["revision"]);

    /// <summary>
    /// A pod that crashed and is ready at this moment may be well again, and takes its work in hand with it: whether it stays so shows
    /// soon.
    /// </summary>
    private static string? ReadyAgain(World world) =>
        world.Scope.Named("pod").Where(p => p["crashing"] == "true").ToList() is { Count: > 0 } crashing
            && crashing.TrueForAll(p => p["ready"] == "true")
            ? HeldReason.Of(
                $"a pod of {world.Resource.Display} that crashed is ready again, and may stay so", $"pod {crashing[0]["pod"]}")
            : null;

    /// <summary>The API server evicts no pod that two budgets select, however much they allow (kubernetes/kubernetes #75957).</summary>
    private static string? SeveralBudgets(World world) =>
        world.Scope.Named("pdb").Select(b => b["poddisruptionbudget"]).Where(b => b.Length > 0).Distinct()
            .Order(StringComparer.Ordinal).ToList() is { Count: > 1 } budgets
            ? $"the PodDisruptionBudgets {string.Join(" and ", budgets)} both select pods of {world.Resource.Display}, and the API server "
                + "evicts no pod that has more than one: delete or narrow one of them"
            : null;

    private static Verdict AgainstBudget(GuardedStep step) =>
        step.World.Scope.Named("pdb") is { Count: > 0 } budgets
            && budgets.FirstOrDefault(b => b["allowed"] is "0" or "" && Needs(b)) is { } exhausted
            ? Verdict.Refused(exhausted["poddisruptionbudget"].Length > 0
                ? $"the PodDisruptionBudget {exhausted["poddisruptionbudget"]} allows no disruption now"
                : "it is unknown whether a PodDisruptionBudget forbids it: reading poddisruptionbudgets is not permitted")
            : Verdict.Allowed;

    private static bool Needs(Fact budget) => budget["healthy"] == budget["desired_healthy"] || budget["healthy"].Length == 0;
}
