using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Which workloads a PodDisruptionBudget protects: those whose pods it selects.</summary>
internal static class DisruptionFacts
{
    public static IEnumerable<Fact> Of(IReadOnlyList<DisruptionBudget> budgets, IEnumerable<WorkloadGroup> groups, DateTimeOffset now)
    {
        if (budgets.Count == 0)
            yield break;

        var bySpace = groups.ToLookup(g => g.Owner.Namespace, StringComparer.Ordinal);
        foreach (var budget in budgets)
        {
            foreach (var group in bySpace[budget.Metadata.Namespace].Where(g => Selects(budget, g.PodLabels)))
            {
                yield return FactShapes.DisruptionBudget.Make(
                    budget.Metadata.CreationTimestamp ?? now,
                    group.Owner.Namespace, group.Owner.Name, group.Owner.Kind, budget.Metadata.Name, Texts.Of(budget.Status.DisruptionsAllowed),
                    Texts.Of(budget.Status.CurrentHealthy), Texts.Of(budget.Status.DesiredHealthy));
            }
        }
    }

    /// <summary>Where none may be read, any workload may have one that allows nothing.</summary>
    public static IEnumerable<Fact> Unknown(IEnumerable<WorkloadGroup> groups, DateTimeOffset now) =>
        groups.Select(g => FactShapes.DisruptionBudget.Make(g.Metadata.CreationTimestamp ?? now, g.Owner.Namespace, g.Owner.Name, g.Owner.Kind, "", "", "", ""));

    /// <summary>An empty selector selects everything in v1 and nothing in v1beta1; lists do not say which, so the careful answer is everything.</summary>
    private static bool Selects(DisruptionBudget budget, IReadOnlyDictionary<string, string> labels) =>
        budget.Spec.Selector is { } selector
        && labels.Count > 0
        && selector.Matches(labels);
}
