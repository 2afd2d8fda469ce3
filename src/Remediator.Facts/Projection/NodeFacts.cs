using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

internal static class NodeFacts
{
    /// <param name="locked">The nodes that kured works on.</param>
    public static Fact Of(Node node, NodeCondition health, IReadOnlySet<string> locked) => FactShapes.Node.Make(
        health.Since,
        node.Metadata.Name, Zone(node), node.Status.Conditions.Truth("Ready"), Texts.Of(node.Spec.Unschedulable), Role(node),
        InternalIp(node),
        node.Spec.ProviderId, First(node, "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"),
        Pressure(node, "MemoryPressure"), Pressure(node, "DiskPressure"), Pressure(node, "PIDPressure"), Group(node),
        Holds.Of(node.Metadata), NodeMarks.TakenBy(node, locked), CordonedBy(node),
        node.Status.NodeInfo.MachineId, Texts.Of(health.Flaps), Texts.Of(node.Spec.Taints.Any(t => t.Key == NodeMarks.ShutDown)),
        Unsteady(node, health.Flaps), NodeFault.Of(node), Texts.Of(health.IsUnwell), Texts.Of(IsMoving(node)));

    public static string Zone(Node node) => First(node, "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone");

    /// <summary>The set of nodes that it was made with: each provider has a label of its own for it.</summary>
    private static string Group(Node node) =>
        GroupLabels.Select(node.Metadata.Label).FirstOrDefault(v => v.Length > 0) ?? "";

    private static readonly string[] GroupLabels =
        [
            "eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool", "alpha.eksctl.io/nodegroup-name", "kops.k8s.io/instancegroup",
            "cloud.google.com/gke-nodepool", "kubernetes.azure.com/agentpool"];

    /// <summary>By our mark. Before anything is uncordoned, the action looks closer.</summary>
    private static string CordonedBy(Node node) =>
        !node.Spec.Unschedulable ? "" : node.Metadata.Annotation("remediator.io/cordoned").Length > 0 ? "remediator" : "somebody";

    /// <summary>We have stopped its machine, to start it on other hardware; it has not started since.</summary>
    private static bool IsMoving(Node node) => node.Metadata.Annotation(NodeOwners.MovingAsked) == NodeOwners.MovingStop
        && node.Metadata.Annotation(NodeOwners.MovingBoot) == node.Status.NodeInfo.BootId;

    private static string InternalIp(Node node) => node.Status.Addresses.FirstOrDefault(a => a.Type == "InternalIP")?.Address ?? "";

    /// <summary>Why it may look well at one moment and not at the next; empty where nothing says so.</summary>
    private static string Unsteady(Node node, bool flaps) => string.Join(", ", new[]
    {
        flaps ? "flapping" : "",
        Pressure(node, "MemoryPressure") == "true" ? "memory pressure" : "",
        Pressure(node, "DiskPressure") == "true" ? "disk pressure" : "",
        Pressure(node, "PIDPressure") == "true" ? "PID pressure" : "",
    }.Where(w => w.Length > 0));

    private static string Pressure(Node node, string condition) =>
        node.Status.Conditions.Truth(condition) is var truth and not "unknown" ? truth : "";

    private static string Role(Node node) =>
        node.Metadata.Labels.Any(l => ControlPlaneMarks.Contains(l.Key, l.Value))
            || node.Spec.Taints.Any(t => ControlPlaneMarks.Contains(t.Key, ""))
            ? "control-plane"
            : "worker";

    private static string First(Node node, string label, string older) =>
        node.Metadata.Label(label) is { Length: > 0 } value ? value : node.Metadata.Label(older);
}
