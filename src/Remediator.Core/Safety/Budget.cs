using Remediator.Core.Actions;
using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// How much may be changed at once, and how often. The transaction that writes the intent has the last word; this guard says it early and
/// in words.
/// </summary>
public static class Budget
{
    private const int NamedHolders = 3;

    public static Guard Guard { get; } = new("budget", GuardStage.Room, Check);

    /// <summary>All that a change of this resource by this playbook has to fit in, and what it takes away elsewhere with it.</summary>
    /// <param name="plan">Null while there is none: what it would take is not known yet, and asked once it is.</param>
    public static IReadOnlyList<BudgetLimit> Limits(World world, string playbook, ActionPlan? plan = null)
    {
        IReadOnlyList<BudgetLimit> own =
        [
            new($"cluster {world.Resource.Cluster}", world.Settings.AtOncePerCluster),
            new($"namespace {world.Resource.Cluster}/{world.Resource.Namespace}", world.Settings.AtOncePerNamespace),
            .. PolicyBudgets.Of(world, world.Resource, playbook),
        ];
        return plan?.Takes?.Key is { } taken && taken != world.Resource
            ? [
                .. own,
                .. PolicyBudgets.Of(world, taken, playbook)
                    .Select(l => l with { Takes = taken })
                    .ExceptBy(own.Select(o => o.Budget), l => l.Budget)]
            : own;
    }

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

        return Limits(step.World, step.Playbook.Name, step.Incident.Run?.Plan)
            .Select(limit => Check(step, limit))
            .FirstOrDefault(v => !v.IsAllowed)
            ?? Claims.Check(step);
    }

    private static Verdict Check(GuardedStep step, BudgetLimit limit)
    {
        var others = step.World.Held.Permits.Where(p => p.Budget == limit.Budget && p.IncidentId != step.Incident.Id).ToList();
        if (limit.CountWith(step.World.Resource, others.Select(o => o.Resource)) > limit.AtOnce)
        {
            return Verdict.Refused(Full(limit, others));
        }

        return limit.Rate is { } rate ? Check(step, limit, rate) : Verdict.Allowed;
    }

    private static string Full(BudgetLimit limit, List<Permit> others)
    {
        if (limit.AtOnce == 0)
        {
            return $"nothing may be changed in {limit.Budget}: {limit.Meaning}";
        }

        var sick = limit.Unhealthy.Count == 0 && limit.Meaning.Length == 0 ? "" : $" and {limit.Unhealthy.Count} unhealthy";
        var names = others.Take(NamedHolders)
            .Select(o => $"incident {o.IncidentId}")
            .Concat(limit.Unhealthy.Take(NamedHolders).Select(u => u.Display));
        return HeldReason.Of(
            $"{others.Count} of {Plural.Of(limit.AtOnce, "change")} {Plural.Are(others.Count)} in flight{sick} in {limit.Budget}"
                + $"{(limit.Meaning.Length > 0 ? $", {limit.Meaning}" : "")}",
            string.Join(", ", names));
    }

    private static Verdict Check(GuardedStep step, BudgetLimit limit, ChangeRate rate)
    {
        var since = step.World.Now - rate.Within;
        var starts = step.World.Held.Starts.Where(s => s.Budget == limit.Budget && s.At > since).Select(s => s.At).Order().ToList();
        return starts.Count < rate.Most
            ? Verdict.Allowed
            : Verdict.Refused(
                $"{starts.Count} of {Plural.Of(rate.Most, "change that is", "changes that are")} allowed within "
                    + $"{Language.Duration.Format(rate.Within)} {(starts.Count == 1 ? "was" : "were")} made in {limit.Budget}",
                starts[starts.Count - rate.Most] + rate.Within - step.World.Now);
    }
}
