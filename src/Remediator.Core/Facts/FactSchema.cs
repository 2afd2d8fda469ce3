using System.Diagnostics.CodeAnalysis;

namespace Remediator.Core.Facts;

/// <summary>The kinds of facts and their fields: checks at load, documentation and completion read this one table.</summary>
public static class FactSchema
{
    /// <summary>The provider that watches the cluster.</summary>
    public const string Kubernetes = "kubernetes";

    /// <summary>The provider that knows machines, in clusters and outside.</summary>
    public const string Hosts = "hosts";

    /// <summary>The provider that knows what AWS knows of machines.</summary>
    public const string Aws = "aws";

    private static readonly string[] YesNo = ["true", "false"];
    private static readonly string[] ManagedBy =
        ["argocd", "flux", "helm", "operator", "flagger", "argo-rollouts", "fleet", "kapp-controller", "config-sync"];
    private static readonly FactField[] Owner = [new("namespace"), new("workload"), new("workload_kind")];

    public static IReadOnlyList<FactKind> Kinds { get; } =
    [
        new("node", "a node of the cluster",
        [
            new("node"), new("zone"), new("ready", ["true", "false", "unknown"]), new("cordoned", YesNo),
            new("role", ["control-plane", "worker"]), new("internal_ip"),
            new("provider_id"), new("instance_type"), new("memory_pressure", YesNo), new("disk_pressure", YesNo),
            new("pid_pressure", YesNo),
            new("node_group"), new("hold"), new("taken_by"),
            new("cordoned_by", ["remediator", "somebody"]), new("machine_id"), new("flapping", YesNo),
            new("switched_off", YesNo), new("unsteady"), new("fault", ["silent", "runtime", "network", "pleg"]),
            new("unwell", YesNo), new("moving", YesNo),
        ]),
        new("pod", "a pod, with the workload that owns it",
        [
            .. Owner, new("pod"), new("uid"), new("node"), new("zone"),
            new("phase", ["Pending", "Running", "Succeeded", "Failed", "Unknown"]), new("ready", YesNo),
            new("reason"), new("terminating", YesNo), new("revision"), new("age_minutes"), new("crashing", YesNo),
            new("starting", YesNo), new("crashing_minutes"), new("ended_by_node", YesNo),
            new("gate"), new("unready_sidecar"), new("unready_minutes"), new("overdue_minutes"),
        ]),
        new("container",
            "a container of a pod; crashing: it is in back-off, or restarted twice, last within 10 minutes, and does not run well again",
        [
            .. Owner, new("pod"), new("container"), new("node"), new("zone"), new("revision"), new("init", YesNo), new("ready", YesNo),
            new("restarts"), new("crashing", YesNo),
            new("waiting"), new("last_terminated"), new("exit_code"), new("image"), new("memory_limit_bytes"), new("memory_request_bytes"),
            new("cpu_limit"), new("kind", ["main", "init", "sidecar", "injected"]), new("missing"),
        ]),
        new("workload", "a deployment, statefulset, daemonset, job, cronjob or bare pod",
        [
            .. Owner, new("desired"), new("ready"), new("available"), new("updated"), new("revision"), new("rollout_age_minutes"),
            new("rolling_out", YesNo),
            new("stuck", YesNo), new("previous_revision"), new("previous_was_available", YesNo), new("paused", YesNo), new("crashing_pods"),
            new("crashing_nodes"),
            new("pod_nodes"), new("waiting_pods"), new("priority_class"), new("owner"), new("managed_by", ManagedBy),
            new("managed_by_name"), new("hold"), new("namespace_hold"), new("mode"), new("raise_memory"),
            new("depends_on"), new("dependency_down"), new("newest_pods"), new("newest_sick"), new("older_sick"),
            new("newest_was_good", YesNo), new("progressing", YesNo), new("fault_after_minutes"), new("rollout_at_fault", YesNo),
            new("rollout_doubt"), new("replica_failure"), new("sick_minutes"), new("complete", YesNo), new("uid"),
            new("evict"), new("pinned_by"), new("rolled_with"), new("missing_pods"), new("previous_number"), new("one_by_one", YesNo),
            new("deleting", YesNo),
        ]),
        new("job",
            "a run of a cronjob, or a job by itself; later_succeeded: a run that began after it has succeeded; "
                + "has_pods: one of it was made",
        [
            .. Owner, new("job"), new("uid"), new("status", ["active", "complete", "failed", "suspended"]), new("reason"),
            new("later_succeeded", YesNo), new("has_pods", YesNo),
        ]),
        new("replicaset", "a revision of a deployment",
            [.. Owner, new("replicaset"), new("revision"), new("desired"), new("ready"), new("available")]),
        new("pvc", "a claim to a volume",
            [
                new("namespace"), new("persistentvolumeclaim"), new("phase", ["Pending", "Bound", "Lost"]), new("storageclass"),
                new("expandable", YesNo), new("capacity_bytes"), new("volume"), new("server"), new("managed_by", ManagedBy),
                new("managed_by_name")]),
        new("mount", "a pod's use of a claimed volume, or of a server of files without a claim, until the pod is finished",
            [.. Owner, new("pod"), new("persistentvolumeclaim"), new("node"), new("zone"), new("server")]),
        new("pdb", "a PodDisruptionBudget that selects a workload's pods; allowed: disruptions allowed now",
            [.. Owner, new("poddisruptionbudget"), new("allowed"), new("healthy"), new("desired_healthy")]),
        new("hpa",
            "a HorizontalPodAutoscaler of a workload; at_maximum: it has as many replicas as it may, and wants no fewer. Where none may be "
                + "read, each workload has one of which nothing else is known",
            [
                .. Owner, new("horizontalpodautoscaler"), new("current"), new("desired"), new("min"), new("max"), new("at_maximum", YesNo),
                new("able_to_scale", YesNo), new("active", YesNo), new("why_not"),
            ]),
        new("dependency", "what a workload declares to depend on, with remediator.io/depends-on",
            [.. Owner, new("on"), new("ready", YesNo)]),
        new("host", "a machine, of a cluster or of none; node: the node of the cluster that it is",
            [new("host"), new("address"), new("node"), new("zone"), new("instance_id")]) { Provider = Hosts },
        new("filesystem",
            "a mounted file system of a machine, as the machine itself sees it; unseen: there was no time to look for these (log, temp), "
                + "and whether any may go is not known",
        [
            new("host"), new("mountpoint"), new("device"), new("fstype"), new("size_bytes"), new("available_bytes"), new("used_percent"),
            new("inodes"), new("inodes_free"),
            new("inodes_used_percent"), new("read_only", YesNo), new("journal_bytes"), new("journal_to_vacuum_bytes"),
            new("deleted_open_bytes"), new("space_helper", ["ok", "absent", "other", "refused", "failed", "list", "unused"]),
            new("rotated_log_bytes"), new("old_temp_bytes"), new("old_temp_files"), new("deleted_log_bytes"),
            new("makes_files", YesNo), new("unseen"),
            new("deleted_open_unit"), new("deleted_open_unit_bytes"), new("deleted_open_unit_listed", YesNo),
            new("growth_bytes_per_minute"), new("full_in_minutes"), new("boot_id"), new("uptime_seconds"),
            new("grow", ["allowed", "never"]), new("grow_helper", ["ok", "absent", "other", "refused", "failed", "unused"]),
            new("grow_why_not"), new("grow_up_to_bytes"), new("room_to_grow_bytes"), new("room_to_grow_inodes"), new("disk"),
            new("disk_bytes"), new("volume_id"),
            new("images_helper", ["ok", "absent", "other", "refused", "failed", "unused"]), new("leftover_image_bytes"),
            new("reached_by"),
        ]) { Provider = Hosts, IsLooked = true },
        new("emptydir",
            "what a pod has in its emptyDir volumes on a file system of its machine, the one that has most first; volume: its largest. "
                + "Where nothing can be seen, there is one with why_not alone",
        [
            .. Owner, new("host"), new("mountpoint"), new("node"), new("pod"), new("uid"), new("volume"), new("bytes"),
            new("size_percent"), new("files"), new("inodes_percent"), new("evict", ["yes", "no"]), new("why_not"),
        ]) { Provider = Hosts, IsLooked = true },
        new("descriptors",
            "the process of a machine, or of each pod of a workload, that is nearest to its limit of open files, or the one that was asked "
                + "for; room: less than 80% is used",
        [
            .. Owner, new("pod"), new("uid"), new("node"), new("container"), new("ready", YesNo), new("room", ["yes", "no", "unknown"]),
            new("why_not"),
            new("host"), new("process"), new("pid"), new("started"), new("unit"), new("unit_listed", YesNo), new("open"), new("limit"),
            new("hard_limit"), new("used_percent"), new("short", ["process", "host", "inotify"]),
            new("trouble", ["leak", "load", "unclear"]), new("growth_per_minute"), new("histogram"), new("host_open"), new("host_limit"),
            new("boot_id"), new("uptime_seconds"), new("reached_by"),
        ]) { Provider = Hosts, IsLooked = true },
        new("service", "a service of the machine that a node or a host is",
        [
            new("host"), new("node"), new("unit"), new("state"), new("trouble", ["failed", "frozen", "stopped", "loop"]),
            new("restartable", YesNo), new("why_not"),
        ]) { Provider = Hosts, IsLooked = true },
        new("instance",
            "the EC2 instance that a node is; agrees: cluster and EC2 mean the same machine. Without that all else but why_not is empty",
        [
            new("node"), new("agrees", YesNo), new("why_not"), new("instance_id"),
            new("state", ["pending", "running", "shutting-down", "terminated", "stopping", "stopped"]), new("state_reason"), new("zone"),
            new("instance_type"),
            new("spot", YesNo), new("event"), new("checks", ["ok", "bad"]), new("system_check"), new("instance_check"),
            new("volumes_check"), new("group"), new("lifecycle"), new("replaced_when_unhealthy", YesNo), new("group_min"),
            new("group_max"), new("group_desired"), new("suspended"), new("replace", ["allowed", "never"]), new("move", ["helps", "never"]),
        ]) { Provider = Aws, IsLooked = true },
        new("evidence", "what a playbook's evidence found; only in the `when` of its steps",
        [
            new("pod"), new("container"), new("killed_by_probe", YesNo), new("image_not_found", YesNo), new("pull_transient", YesNo),
            new("wrong_platform", YesNo),
            new("pull_failure", ["platform", "node", "rate-limit", "credentials", "unreachable", "not-found"]),
            new("blocked_by", ["quota", "admission", "scheduling", "volume", "network", "init", "ending"]), new("blocking_object"),
            new("blocked"),
            new("oom_of", ["node", "sidecar", "limit"]), new("oom_container"), new("memory_limit"), new("memory_request"), new("node"),
            new("pull_says"), new("refused_by_kubelet", YesNo), new("gate"), new("unready_sidecar"), new("missing_object"),
            new("message"), new("hint"), new("reason"), new("exit_code"),
            new("oom_after_seconds"), new("console_kept"), new("autoscaler"), new("autoscaler_why_not"), new("image"), new("probe_failure"),
            new("way_back"), new("not_blamed"), new("way_on"), new("pods_ready"), new("waits_for"),
        ], IsOpen: true) { Provider = "" },
        new("done", "what this incident has done to the resource already, in earlier runs too; only in the `when` of a playbook's steps",
            [new("use")]) { Provider = "" },
    ];

    private static readonly Dictionary<string, FactKind> ByName = Kinds.ToDictionary(k => k.Name, StringComparer.Ordinal);

    public static bool IsKind(string name) => ByName.ContainsKey(name);

    public static bool TryGet(string name, [NotNullWhen(true)] out FactKind? kind) => ByName.TryGetValue(name, out kind);
}

/// <param name="IsOpen">It may carry fields that are not listed.</param>
public sealed record FactKind(string Name, string Summary, IReadOnlyList<FactField> Fields, bool IsOpen = false)
{
    /// <summary>Who knows such facts; empty for what belongs to one run alone.</summary>
    public string Provider { get; init; } = FactSchema.Kubernetes;

    /// <summary>No view holds them: they are seen by looks, and only the playbook that looks knows them.</summary>
    public bool IsLooked { get; init; }

    public bool Has(string field) => IsOpen || Fields.Any(f => f.Name == field);

    /// <summary><c>a node</c>, <c>an evidence</c>.</summary>
    public string WithArticle => "aeiou".Contains(Name[0], StringComparison.Ordinal) ? $"an {Name}" : $"a {Name}";
}

/// <param name="Values">The only values besides the empty one; null for any text.</param>
public sealed record FactField(string Name, IReadOnlyList<string>? Values = null);
