namespace Remediator.Core.Resources;

/// <summary>The labels that rules see: the alert's, without those of who reports it, and with those of the resource.</summary>
internal static class ResolvedLabels
{
    public static IReadOnlyDictionary<string, string> Of(AlertSubject alert, Exporter exporter, Subject subject)
    {
        var labels = new Dictionary<string, string>(alert.Labels, StringComparer.Ordinal);
        var key = subject.Key;
        foreach (var label in NotTheSubjects(exporter, subject))
            labels.Remove(label);

        if (key.Namespace.Length > 0)
            labels["namespace"] = key.Namespace;
        if (subject.Known && (subject.IsByPod || ResourceKinds.Find(key.Kind) is { IsWorkload: true }))
            (labels["workload"], labels["workload_kind"]) = (key.Name, key.Kind);
        if (subject.Pod is { } pod)
            (labels["pod"], labels["node"], labels["zone"]) = (pod.Name, pod.Node, pod.Zone);
        if (subject.Node is { } node)
            (labels["node"], labels["zone"]) = (node.Name, node.Zone);
        if (ResourceKinds.Find(key.Kind) is { MayBeOutside: true, Own: [{ Label: "host" } host, ..] })
            labels["host"] = host.Value(key);
        return labels;
    }

    /// <summary>An alert of another cluster must not meet facts of this one, and says so by the label <c>cluster</c>.</summary>
    public static IReadOnlyDictionary<string, string> OfAnotherCluster(AlertSubject alert, string cluster) =>
        new Dictionary<string, string>(
            alert.Labels.Where(l => l.Key is not ("pod" or "container" or "instance" or "service" or "endpoint" or "node")),
            StringComparer.Ordinal) { ["cluster"] = cluster };

    private static IEnumerable<string> NotTheSubjects(Exporter exporter, Subject subject)
    {
        var kind = subject.Key.Kind;
        var row = ResourceKinds.Find(kind);
        if (kind != ResourceKinds.Service && (exporter.Kind is not ExporterKind.None || row is not { IsByAddress: true }))
        {
            yield return "service";
            yield return "endpoint";
        }

        if (!subject.IsByAddress)
            yield return "instance";
        if (row is { IsOnMachine: true } || (exporter.Kind is not ExporterKind.None && subject.Key.Namespace.Length == 0))
            yield return "namespace";
        if (subject.Pod is null)
            yield return "pod";
        // the container is the subject's where the pod is, gone or not; beside any other subject it is the exporter's
        if (!subject.IsByPod && subject.Pod is null && kind != ResourceKinds.Pod)
            yield return "container";
    }
}
