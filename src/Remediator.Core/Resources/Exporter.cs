namespace Remediator.Core.Resources;

internal enum ExporterKind
{
    /// <summary>None was recognised: the target labels may be the subject's.</summary>
    None,
    /// <summary>Describes objects of the cluster: its own pod and address are never the subject.</summary>
    Cluster,
    /// <summary>Describes the host that it runs on.</summary>
    Host,
    /// <summary>Describes something else, such as a database.</summary>
    Other,
}

/// <summary>
/// Who reports the alert. <c>pod</c>, <c>container</c>, <c>instance</c> and <c>namespace</c> often name it and not what is sick.
/// </summary>
/// <param name="OwnsPod">The label <c>pod</c> is the exporter's own.</param>
internal sealed record Exporter(ExporterKind Kind, bool OwnsPod)
{
    private static readonly string[] HostAlertPrefixes = [
        "Node", "Host", "Ipmi", "Smart", "ProcessExporter", "SystemdUnit", "SystemdService", "SystemdSocket", "SystemdTimer", "Kubelet"];
    private static readonly string[] HostPorts = [":9100", ":9256", ":9290", ":9558", ":9633", ":10250"];

    public static Exporter Of(AlertSubject alert, TopologyPod? pod)
    {
        string[] marks = [alert["job"], alert["service"], alert["container"]];
        string[] own = [alert["pod"], pod?.Owner.Name ?? "", pod?.App ?? ""];
        var podIsSubject = alert.PodIsCertain || alert.Has("uid") || PodAlerts.Contains(alert.Name);
        if (podIsSubject)
            return new(marks.Any(IsCluster) ? ExporterKind.Cluster : ExporterKind.None, false);
        if (marks.Concat(own).Any(IsHost))
            return new(ExporterKind.Host, true);
        if (marks.Concat(own).Any(IsCluster))
            return new(ExporterKind.Cluster, own.Any(IsCluster));
        if (marks.Concat(own).Any(Says("exporter")))
            return new(ExporterKind.Other, own.Any(Says("exporter")));
        return new(ExporterKind.None, false);
    }

    /// <summary>True where <c>instance</c> is the address of a host that is itself the subject.</summary>
    public bool DescribesHost(AlertSubject alert) =>
        Kind is ExporterKind.Host
        || (Kind is ExporterKind.None or ExporterKind.Other
            && (HostAlertPrefixes.Any(p => alert.Name.StartsWith(p, StringComparison.Ordinal))
                || HostPorts.Any(p => alert["instance"].EndsWith(p, StringComparison.Ordinal))
                || alert.Has("mountpoint")));

    private static bool IsCluster(string text) => Says("kube-state-metrics")(text) || text is "ksm";

    private static bool IsHost(string text) => Says("node-exporter")(text) || Says("node_exporter")(text);

    private static Func<string, bool> Says(string part) => text => text.Contains(part, StringComparison.Ordinal);
}
