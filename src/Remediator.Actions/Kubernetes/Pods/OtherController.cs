using System.Globalization;
using k8s.Models;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>
/// Who makes the pods of a workload that Remediator never acts on, and how a person goes on there: pods of other controllers, of a
/// ReplicaSet by itself, of a kubelet, and bare ones.
/// </summary>
internal static class OtherController
{
    /// <summary>By the group and the kind; NAME and SPACE are filled in.</summary>
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        // https://argo-rollouts.readthedocs.io/en/stable/generated/kubectl-argo-rollouts/kubectl-argo-rollouts/
        ["argoproj.io/Rollout"] =
            "`kubectl argo rollouts get rollout NAME -n SPACE` shows the step at which it is, and "
                + "`kubectl argo rollouts abort NAME -n SPACE` goes back to the stable revision until its template is put right",
        ["argoproj.io/Workflow"] = "`argo get NAME -n SPACE` shows which of its steps it is",
        // https://strimzi.io/docs/operators/latest/deploying#assembly-rolling-updates-str
        ["core.strimzi.io/StrimziPodSet"] =
            "the Strimzi operator makes and rolls these pods: look at its log and at the status of their Kafka; where one pod has to be "
                + "made anew, `kubectl annotate pod POD strimzi.io/manual-rolling-update=true -n SPACE` has the operator do it in its turn",
        // https://openkruise.io/docs/cli-tool/kubectl-plugin
        ["apps.kruise.io/CloneSet"] =
            "`kubectl kruise rollout status cloneset/NAME -n SPACE` shows how far it is, and "
                + "`kubectl kruise rollout undo cloneset/NAME -n SPACE` takes its last change back",
        // https://cloudnative-pg.io/documentation/current/kubectl-plugin/
        ["postgresql.cnpg.io/Cluster"] =
            "`kubectl cnpg status NAME -n SPACE` shows which instance is the primary and what the others wait for; do not delete a pod "
                + "or its volume before that is known",
        ["tekton.dev/TaskRun"] = "`tkn taskrun describe NAME -n SPACE` shows which of its steps it is",
    };

    /// <summary>Whether nobody else is known to look after the pods of such a workload.</summary>
    public static bool Makes(ResourceKey resource) =>
        resource.Kind is ResourceKinds.Pod or ResourceKinds.ReplicaSet || ResourceKinds.IsOther(resource);

    /// <param name="controller">Null where nothing makes them, or there is no pod that could tell.</param>
    /// <param name="live">Its pods.</param>
    public static void Say(
        Dictionary<string, string> labels, ResourceKey resource, V1OwnerReference? controller, IReadOnlyList<V1Pod> live)
    {
        labels["way_on"] = WayOn(resource, controller, live.Count > 0);
        if (live.Count > 0)
            labels["pods_ready"] = string.Create(CultureInfo.InvariantCulture, $"{live.Count(p => p.IsReady())} of {live.Count}");
    }

    private static string WayOn(ResourceKey resource, V1OwnerReference? controller, bool isThere) => (resource.Kind, controller) switch
    {
        (ResourceKinds.Pod, { Kind: "Node" } node) =>
            $"It is a static pod of the kubelet of node {node.Name}, made from a file there (in /etc/kubernetes/manifests, unless "
                + "the kubelet's staticPodPath says otherwise): only that file changes it, and deleting it at the API server does nothing. "
                + "On the node, `crictl ps -a` and `journalctl -u kubelet` say more",
        (ResourceKinds.Pod, _) =>
            "No controller made it, so nothing makes it anew: before it is deleted, keep it with "
                + $"`kubectl get pod {resource.Name} -n {resource.Namespace} -o yaml`{(isThere ? "" : ", if it is still there")}",
        (ResourceKinds.ReplicaSet or "replicationcontroller", _) =>
            "No Deployment rolls it out: a change of its template reaches only pods that are made after it, and a pod that is deleted "
                + $"is made anew; `kubectl describe {resource.Kind} {resource.Name} -n {resource.Namespace}` shows both",
        (_, { } made) when ResourceKinds.OfApi(made.Kind, made.ApiVersion ?? "") == resource.Kind =>
            OfController(resource, made.Kind, ResourceKinds.GroupOf(made.ApiVersion ?? "")),
        _ => $"Another controller makes its pods, and nothing was done to them: {Describe(resource.Kind, resource)}",
    };

    private static string OfController(ResourceKey resource, string kind, string group)
    {
        var how = Known.TryGetValue($"{group}/{kind}", out var known)
            ? known.Replace("NAME", resource.Name, StringComparison.Ordinal).Replace("SPACE", resource.Namespace, StringComparison.Ordinal)
            : Describe(group.Length == 0 ? resource.Kind : $"{kind.ToLowerInvariant()}.{group}", resource);
        return $"{kind} {resource.Name}{(group.Length == 0 ? "" : $" ({group})")} makes its pods, and nothing was done to them: {how}";
    }

    private static string Describe(string kind, ResourceKey resource) =>
        $"`kubectl describe {kind} {resource.Name} -n {resource.Namespace}` shows what it says of them";
}
