using k8s.Models;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Nodes;

/// <summary>What the node itself says; the facts may be away.</summary>
internal static class ControlPlane
{
    public static bool IsOfControlPlane(this V1Node node) =>
        node.Metadata.Labels?.Any(l => ControlPlaneMarks.Contains(l.Key, l.Value ?? "")) == true
            || node.Spec?.Taints?.Any(t => ControlPlaneMarks.Contains(t.Key, "")) == true;
}
