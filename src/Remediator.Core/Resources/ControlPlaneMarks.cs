namespace Remediator.Core.Resources;

/// <summary>
/// Labels, and taints that keep other pods off, by which a node of the control plane is known. kubeadm, k3s, RKE, kops, OpenShift,
/// MicroK8s, k0s and Charmed Kubernetes each have their own.
/// </summary>
public static class ControlPlaneMarks
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    /// <param name="key">Of a label or a taint.</param>
    /// <param name="value">Of the label; empty for a taint. <c>false</c> means that the node does not have the role.</param>
    public static bool Contains(string key, string value) => value != "false" && key switch
    {
        "kubernetes.io/role" or "node.k0sproject.io/role" => IsRole(value),
        "juju-application" => value is "kubernetes-control-plane" or "kubernetes-master",
        "node.kubernetes.io/microk8s-controlplane" or "rke.cattle.io/control-plane-role" or "rke.cattle.io/etcd-role"
            or "kops.k8s.io/kops-controller-pki" => true,
        _ => key.StartsWith(RolePrefix, StringComparison.Ordinal) && IsRole(key[RolePrefix.Length..]),
    };

    private static bool IsRole(string role) =>
        role is "control-plane" or "controlplane" or "controller" or "master" or "etcd" or "api-server" or "apiserver";
}
