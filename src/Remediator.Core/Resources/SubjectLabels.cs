namespace Remediator.Core.Resources;

/// <summary>
/// Labels that name what an alert is about outright, the more telling first; they beat <c>pod</c>, <c>node</c> and <c>instance</c>.
/// </summary>
internal static class SubjectLabels
{
    public static IReadOnlyList<SubjectLabel> All { get; } =
    [
        new("deployment", "deployment"),
        new("statefulset", "statefulset"),
        new("daemonset", "daemonset"),
        new("cronjob", "cronjob"),
        new("job_name", "job"),
        new("replicaset", "replicaset"),
        new("persistentvolumeclaim", "pvc"),
        new("persistentvolume", "persistentvolume", InNamespace: false),
        new("horizontalpodautoscaler", "horizontalpodautoscaler"),
        new("poddisruptionbudget", "poddisruptionbudget"),
        new("resourcequota", "resourcequota"),
        new("scaledObject", "scaledobject"),
        new("ingress", "ingress"),
        new("dbinstance_identifier", "database", InNamespace: false),
        new("load_balancer", "load-balancer", InNamespace: false),
        new("load_balancer_name", "load-balancer", InNamespace: false),
        new("queue_name", "queue", InNamespace: false),
        new("queue", "queue", InNamespace: false),
        new("consumergroup", "consumer-group", InNamespace: false),
        new("topic", "topic", InNamespace: false),
        new("schedule", "backup", InNamespace: false),
        new("plan", "backup", InNamespace: false),
        new("name", "application", Beside: "project"),
    ];
}

/// <param name="Kind">Of the resource's key.</param>
/// <param name="Beside">Another label without which this one may mean anything.</param>
internal sealed record SubjectLabel(string Label, string Kind, bool InNamespace = true, string Beside = "")
{
    public bool Speaks(AlertSubject alert) => alert.Has(Label) && (Beside.Length == 0 || alert.Has(Beside));
}
