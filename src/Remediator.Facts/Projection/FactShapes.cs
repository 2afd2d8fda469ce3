namespace Remediator.Facts.Projection;

/// <summary>What this project publishes; the order is that of the values in the code that makes them.</summary>
internal static class FactShapes
{
    public static FactShape Node { get; } = new(
        "node", "node", "zone", "ready", "cordoned", "role", "internal_ip", "provider_id", "instance_type", "memory_pressure",
        "disk_pressure", "pid_pressure", "node_group", "hold",
        "taken_by", "cordoned_by", "machine_id", "flapping", "switched_off", "unsteady", "fault", "unwell",
        "moving");

    public static FactShape Pod { get; } = new(
        "pod", "namespace", "workload", "workload_kind", "pod", "uid", "node", "zone", "phase", "ready", "reason", "terminating",
        "revision", "age_minutes", "crashing", "starting", "crashing_minutes", "ended_by_node", "gate", "unready_sidecar",
        "unready_minutes", "overdue_minutes");

    public static FactShape Container { get; } = new(
        "container", "namespace", "workload", "workload_kind", "pod", "container", "node", "zone", "revision", "init", "ready", "restarts",
        "crashing", "waiting",
        "last_terminated", "exit_code", "image", "memory_limit_bytes", "memory_request_bytes", "cpu_limit", "kind", "missing");

    public static FactShape Workload { get; } = new(
        "workload", "namespace", "workload", "workload_kind", "desired", "ready", "available", "updated", "revision", "rollout_age_minutes",
        "rolling_out", "stuck",
        "previous_revision", "previous_was_available", "paused", "crashing_pods", "crashing_nodes", "pod_nodes", "waiting_pods",
        "priority_class", "owner", "managed_by",
        "mode", "raise_memory", "depends_on", "dependency_down", "managed_by_name", "hold", "namespace_hold",
        "newest_pods", "newest_sick", "older_sick", "newest_was_good", "progressing", "fault_after_minutes", "rollout_at_fault",
        "rollout_doubt", "replica_failure", "sick_minutes", "complete", "uid", "evict", "pinned_by",
        "rolled_with", "missing_pods", "previous_number", "one_by_one", "deleting");

    public static FactShape Job { get; } = new(
        "job", "namespace", "workload", "workload_kind", "job", "uid", "status", "reason", "later_succeeded", "has_pods");

    public static FactShape ReplicaSet { get; } = new(
        "replicaset", "namespace", "workload", "workload_kind", "replicaset", "revision", "desired", "ready", "available");

    public static FactShape Claim { get; } = new(
        "pvc", "namespace", "persistentvolumeclaim", "phase", "storageclass", "expandable", "capacity_bytes", "volume", "server",
        "managed_by", "managed_by_name");

    public static FactShape Mount { get; } =
        new("mount", "namespace", "workload", "workload_kind", "pod", "persistentvolumeclaim", "node", "zone", "server");

    public static FactShape DisruptionBudget { get; } = new(
        "pdb", "namespace", "workload", "workload_kind", "poddisruptionbudget", "allowed", "healthy", "desired_healthy");

    public static FactShape Autoscaler { get; } = new(
        "hpa", "namespace", "workload", "workload_kind", "horizontalpodautoscaler", "current", "desired", "min", "max", "at_maximum",
        "able_to_scale", "active", "why_not");

    public static FactShape Dependency { get; } = new("dependency", "namespace", "workload", "workload_kind", "on", "ready");

    public static IReadOnlyList<FactShape> All { get; } = [
        Node, Pod, Container, Workload, Job, ReplicaSet, Claim, Mount, DisruptionBudget, Autoscaler, Dependency];
}
