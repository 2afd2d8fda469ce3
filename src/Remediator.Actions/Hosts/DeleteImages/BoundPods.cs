using k8s.Models;

namespace Remediator.Actions.Hosts.DeleteImages;

/// <summary>What the pods that are bound to a node need of it, in the words of the program there.</summary>
internal static class BoundPods
{
    /// <summary>The kubelet knows a pod of a file by another uid than that of its copy in the API server.</summary>
    private static readonly string[] OwnUids = ["kubernetes.io/config.mirror", "kubernetes.io/config.hash"];

    /// <summary>Of all of them, those too that have ended or not begun.</summary>
    public static IReadOnlyList<string> Arguments(IReadOnlyList<V1Pod> pods) =>
    [
        "pods",
        .. pods.SelectMany(Uids).Where(u => u.Length > 0).Distinct().Select(u => $"pod:{u}"),
        .. pods.Where(p => p.Spec is not null).SelectMany(p => Images(p.Spec)).Where(i => !string.IsNullOrEmpty(i) && !i.Contains('\0'))
            .Distinct().Order(StringComparer.Ordinal).Select(i => $"wants:{i}"),
    ];

    private static IEnumerable<string> Uids(V1Pod pod) =>
        OwnUids.Select(a => pod.Metadata.Annotations?.TryGetValue(a, out var uid) is true ? uid : "").Append(pod.Metadata.Uid ?? "");

    private static IEnumerable<string?> Images(V1PodSpec spec) =>
    [
        .. spec.Containers?.Select(c => c.Image) ?? [],
        .. spec.InitContainers?.Select(c => c.Image) ?? [],
        .. spec.EphemeralContainers?.Select(c => c.Image) ?? [],
        .. spec.Volumes?.Select(v => v.Image?.Reference) ?? [],
    ];
}
