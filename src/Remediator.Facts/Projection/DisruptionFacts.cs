using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Which workloads a PodDisruptionBudget protects: those whose pods it selects.</summary>
internal static class DisruptionFacts
{
    /// <param name="budgets">Of the workload's namespace.</param>
    public static IEnumerable<Fact> Of(IEnumerable<DisruptionBudget> budgets, WorkloadGroup group, DateTimeOffset now) =>
        budgets.Where(b => Selects(b, group.PodLabels)).Select(budget => FactShapes.DisruptionBudget.Make(
            budget.Metadata.CreationTimestamp ?? now,
            group.Owner.Namespace, group.Owner.Name, group.Owner.Kind, budget.Metadata.Name, Texts.Of(budget.Status.DisruptionsAllowed),
            Texts.Of(budget.Status.CurrentHealthy), Texts.Of(budget.Status.DesiredHealthy)));

    /// <summary>Where none may be read, any workload may have one that allows nothing.</summary>
    public static Fact Unknown(WorkloadGroup group, DateTimeOffset now) =>
        FactShapes.DisruptionBudget.Make(
            group.Metadata.CreationTimestamp ?? now, group.Owner.Namespace, group.Owner.Name, group.Owner.Kind, "", "", "", "");

    /// <summary>
    /// An empty selector selects everything in v1 and nothing in v1beta1; lists do not say which, so the careful answer is everything.
    /// </summary>
    public static bool Selects(DisruptionBudget budget, IReadOnlyDictionary<string, string> labels) =>
        budget.Spec.Selector is { } selector
        && labels.Count > 0
        && selector.Matches(labels);
}
