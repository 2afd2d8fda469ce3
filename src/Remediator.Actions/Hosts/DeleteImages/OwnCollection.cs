using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Masking;

namespace Remediator.Actions.Hosts.DeleteImages;

/// <summary>
/// The kubelet deletes images by itself, and knows better. It looks each five minutes, and says of its node what did not work
/// (pkg/kubelet/kubelet.go, pkg/kubelet/images/image_gc_manager.go): <c>ImageGCFailed</c> from the second failure in a row on,
/// <c>FreeDiskSpaceFailed</c> where all that it deleted was not enough.
/// </summary>
internal static class OwnCollection
{
    public static readonly IReadOnlyList<string> Reasons = ["ImageGCFailed", "FreeDiskSpaceFailed"];

    /// <summary>Three of its looks.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    /// <param name="events">Of the node.</param>
    /// <param name="scale">Of all durations; 1 outside of tests.</param>
    /// <returns>What it said last; null where it has not said lately that it failed.</returns>
    public static string? Failure(IEnumerable<Corev1Event> events, DateTime now, double scale) =>
        events.Where(e => Reasons.Contains(e.Reason) && (e.Source?.Component == "kubelet" || e.ReportingComponent == "kubelet")
                && ResourceEvents.At(e) > now - (Recent * scale))
            .OrderBy(ResourceEvents.At).LastOrDefault() is { } last
            ? EvidenceText.OneLine($"{last.Reason}: {last.Message}", 300)
            : null;
}
