using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

internal static class NodeFacts
{
    /// <param name="locked">The nodes that kured works on.</param>
    public static Fact Of(Node node, IReadOnlySet<string> locked, DateTimeOffset now) => FactShapes.Node.Make(
        node.Status.Conditions.Of("Ready")?.LastTransitionTime ?? node.Metadata.CreationTimestamp ?? now,
        node.Metadata.Name, Zone(node), node.Status.Conditions.Truth("Ready"), Texts.Of(node.Spec.Unschedulable), Role(node),
        InternalIp(node),
        node.Spec.ProviderId, First(node, "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"),
        Pressure(node, "MemoryPressure"), Pressure(node, "DiskPressure"), Pressure(node, "PIDPressure"), Group(node),
        Holds.Of(node.Metadata), NodeMarks.TakenBy(node, locked), CordonedBy(node));

    public static string Zone(Node node) => First(node, "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone");

    /// <summary>The set of nodes that it was made with: each provider has a label of its own for it.</summary>
    private static string Group(Node node) =>
        GroupLabels.Select(node.Metadata.Label).FirstOrDefault(v => v.Length > 0) ?? "";

    private const string RolePrefix = "node-role.kubernetes.io/";

    private static readonly string[] GroupLabels =
        [
            "eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool", "alpha.eksctl.io/nodegroup-name", "kops.k8s.io/instancegroup",
            "cloud.google.com/gke-nodepool", "kubernetes.azure.com/agentpool"];

    /// <summary>By our mark. Before anything is uncordoned, the action looks closer.</summary>
    private static string CordonedBy(Node node) =>
        !node.Spec.Unschedulable ? "" : node.Metadata.Annotation("remediator.io/cordoned").Length > 0 ? "remediator" : "somebody";

    private static string InternalIp(Node node) => node.Status.Addresses.FirstOrDefault(a => a.Type == "InternalIP")?.Address ?? "";

    private static string Pressure(Node node, string condition) =>
        node.Status.Conditions.Truth(condition) is var truth and not "unknown" ? truth : "";

    /// <summary>Labels, and taints that keep other pods off: kubeadm, k3s, RKE, kops, OpenShift and MicroK8s each have their own.</summary>
    private static string Role(Node node) =>
        node.Metadata.Labels.Any(l => IsOfControlPlane(l.Key, l.Value)) || node.Spec.Taints.Any(t => IsOfControlPlane(t.Key, ""))
            ? "control-plane"
            : "worker";

    private static bool IsOfControlPlane(string key, string value) => value != "false" && key switch
    {
        "kubernetes.io/role" => IsRole(value),
        "node.kubernetes.io/microk8s-controlplane" or "rke.cattle.io/control-plane-role" or "rke.cattle.io/etcd-role" => true,
        _ => key.StartsWith(RolePrefix, StringComparison.Ordinal) && IsRole(key[RolePrefix.Length..]),
    };

    private static bool IsRole(string role) => role is "control-plane" or "controlplane" or "master" or "etcd" or "api-server";

    private static string First(Node node, string label, string older) =>
        node.Metadata.Label(label) is { Length: > 0 } value ? value : node.Metadata.Label(older);
}
