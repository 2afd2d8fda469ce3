using System.Globalization;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Facts;

namespace Remediator.Actions.Kubernetes.RolloutUndo;

/// <summary>Where to go back to: the newest revision before the present one that serves now, or that was seen to serve.</summary>
internal static class LastGoodRevision
{
    /// <param name="revisions">Newest first.</param>
    /// <returns>The present revision and the one to go back to, or why there is none.</returns>
    public static (WorkloadRevision? Present, WorkloadRevision? Good, string Refusal) Of(
        LiveWorkload workload, IReadOnlyList<WorkloadRevision> revisions, FactView facts)
    {
        if (workload.Paused)
            return (null, null, "is paused");
        if (workload.UpdatesOnDelete)
            return (null, null, "replaces pods only when they are deleted; going back would have no effect");
        if (Forbids(workload.Annotations) || Forbids(workload.TemplateAnnotations))
            return (null, null, $"must not be undone: it carries {Marks.NoUndo}");
        if (!workload.Observed || revisions.Count == 0 || !revisions[0].IsThatOf(workload.Template))
            return (null, null, "has a specification that its controller has not rolled out yet");
        if (revisions.Count == 1)
            return (null, null, "has no earlier revision");

        var good = revisions.Skip(1).FirstOrDefault(r => r.AvailableNow || WasAvailable(r, facts));
        return good is null
            ? (null, null, "has no earlier revision that is available now or was seen to be")
            : (revisions[0], good, "");
    }

    private static bool WasAvailable(WorkloadRevision revision, FactView facts) => facts.Named("workload").Any(f =>
        f["previous_was_available"] == "true" && f["previous_revision"] is { Length: > 0 } previous
        && (previous == revision.Hash || previous == revision.Name || previous == revision.Number.ToString(CultureInfo.InvariantCulture)));

    private static bool Forbids(IReadOnlyDictionary<string, string> annotations) =>
        annotations.TryGetValue(Marks.NoUndo, out var value) && value != "false";
}
