using Remediator.Core.Facts;

namespace Remediator.Definitions.Tests.Shipped.Decided;

/// <summary>Something that is wrong, as the facts tell it of a workload of any kind.</summary>
/// <param name="Alert">What brings it here.</param>
/// <param name="Workload">The fields in which the workload is not one that runs well.</param>
/// <param name="Pods">Pods with their container, each in the notation of rules' tests without their owner.</param>
/// <param name="Evidence">What the playbook's evidence finds.</param>
internal sealed record Situation(
    string Name, string Alert, string Workload, IReadOnlyList<(string Pod, string Container)> Pods, string Evidence = "")
{
    /// <summary>Kinds of workloads that it is about.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = Situations.Kinds;

    /// <summary>The controllers of StatefulSets and DaemonSets take a pod away before they make the next; that one is missing.</summary>
    public bool NextIsMissing { get; init; }

    /// <summary>Further facts of it, each as kind and fields.</summary>
    public IReadOnlyList<(string Kind, string Fields)> More { get; init; } = [];

    /// <summary>Three replicas that have run well for days.</summary>
    private const string Well =
        "desired=3 ready=3 available=3 updated=3 revision=r2 previous_revision=r1 previous_was_available=true rollout_age_minutes=9000 "
        + "rolling_out=false stuck=false paused=false crashing_pods=0 crashing_nodes=0 pod_nodes=3 waiting_pods=0 newest_pods=3 "
        + "newest_sick=0 older_sick=0 newest_was_good=true progressing=false rollout_at_fault=false missing_pods=0 previous_number=4 "
        + "one_by_one=true";

    /// <summary>Fields whose values have spaces, written as underscores.</summary>
    private static readonly string[] Sentences =
        ["replica_failure", "blocked", "hint_line", "rollout_doubt", "message", "probe_failure"];

    private static readonly string[] OfRollouts =
    [
        "revision", "previous_revision", "previous_was_available", "rollout_age_minutes", "rolling_out", "stuck", "newest_pods",
        "newest_sick", "older_sick", "newest_was_good", "progressing", "rollout_at_fault", "complete", "missing_pods", "previous_number",
    ];

    public IReadOnlyList<Fact> Facts(string kind, string owner, DateTimeOffset now)
    {
        var own = $"namespace=shop workload=api workload_kind={kind}";
        var isMissing = NextIsMissing && kind is ("statefulset" or "daemonset");
        var workload = Labels($"{own} {Well} {Workload} {(isMissing ? "ready=2 available=2 missing_pods=1" : "")} {Managed(owner)}");
        var isComplete = workload["available"] == workload["desired"] && workload["updated"] == workload["desired"];
        workload["complete"] = isComplete ? "true" : "false";
        if (kind is "job" or "cronjob")
            OfRollouts.ToList().ForEach(f => workload.Remove(f));
        if (kind is "statefulset" or "daemonset")
            workload.Remove("stuck");
        if (kind != "deployment")
            workload.Remove("replica_failure");
        if (kind != "statefulset")
            workload.Remove("one_by_one");
        return
        [
            new("workload", workload, now),
            .. More.Select(m => new Fact(m.Kind, Labels($"{own} {m.Fields}"), now)),
            .. Pods.Take(isMissing ? Pods.Count - 1 : Pods.Count).SelectMany(p => new[]
            {
                new Fact("pod", Labels($"{own} phase=Running ready=true crashing=false terminating=false revision=r2 {p.Pod}"), now),
                new Fact("container", Labels($"{own} container=api crashing=false restarts=0 {Named(p.Pod)} {p.Container}"), now),
            }),
        ];
    }

    /// <summary>What kube-prometheus calls the same trouble of another kind.</summary>
    public string AlertOf(string kind) => (Alert, kind) switch
    {
        ("KubernetesDeploymentReplicasMismatch", "statefulset") => "KubeStatefulSetReplicasMismatch",
        ("KubeDeploymentRolloutStuck", "statefulset") => "KubeStatefulSetUpdateNotRolledOut",
        ("KubernetesDeploymentReplicasMismatch" or "KubeDeploymentRolloutStuck", "daemonset") => "KubeDaemonSetRolloutStuck",
        _ => Alert,
    };

    /// <summary>The same as messages see it.</summary>
    public IReadOnlyDictionary<string, string> Values => Evidence.Length == 0 ? new Dictionary<string, string>() : Labels(Evidence);

    public IReadOnlyList<Fact> Found(DateTimeOffset now) => Evidence.Length == 0 ? [] : [new("evidence", Labels(Evidence), now)];

    private static string Managed(string owner) => owner switch
    {
        "Helm" => "managed_by=helm managed_by_name=shop",
        "Argo CD" => "managed_by=argocd managed_by_name=shop",
        _ => "",
    };

    private static string Named(string pod) => pod.Split(' ').First(p => p.StartsWith("pod=", StringComparison.Ordinal));

    private static Dictionary<string, string> Labels(string text)
    {
        var labels = new Dictionary<string, string>();
        foreach (var parts in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)))
            labels[parts[0]] = Sentences.Contains(parts[0]) ? parts[1].Replace('_', ' ') : parts[1];
        return labels;
    }
}
