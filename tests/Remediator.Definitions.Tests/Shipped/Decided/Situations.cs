namespace Remediator.Definitions.Tests.Shipped.Decided;

/// <summary>What people on call meet most often.</summary>
internal static class Situations
{
    private const string CrashLoop = "crashing=true waiting=CrashLoopBackOff restarts=6 last_terminated=Error exit_code=1";
    private const string Crashed = "container=api reason=Error exit_code=1";
    private const string NewAndBad = "rollout_age_minutes=12 newest_was_good=false rollout_at_fault=true";

    /// <summary>Of workloads that run for ever.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["deployment", "statefulset", "daemonset"];

    private static readonly string[] Jobs = ["job", "cronjob"];
    private const string Runs = "job=api status=active has_pods=true later_succeeded=false";

    public static IReadOnlyList<string> Owners { get; } = ["nobody", "Helm", "Argo CD"];

    public static IReadOnlyList<Situation> All { get; } =
    [
        new(
            "One of three pods crashes again and again; the others serve, and nothing was rolled out lately", "KubePodCrashLooping",
            "ready=2 available=2 crashing_pods=1 crashing_nodes=1 newest_sick=1",
            [Sick("api-0", CrashLoop), Well("api-1"), Well("api-2")], $"{Crashed} node=node-1"),
        new(
            "Every pod of a new release crashes from its start, and the release before ran well", "KubePodCrashLooping",
            $"ready=0 available=0 crashing_pods=3 crashing_nodes=3 newest_sick=3 {NewAndBad}",
            [Sick("api-0", CrashLoop), Sick("api-1", CrashLoop), Sick("api-2", CrashLoop)], Crashed),
        new(
            "Every pod crashes 50 minutes after a release that ran well at first; the log names a database", "KubePodCrashLooping",
            "ready=0 available=0 crashing_pods=3 crashing_nodes=3 newest_sick=3 rollout_age_minutes=50 "
                + "rollout_doubt=it_has_run_well_before",
            [Sick("api-0", CrashLoop), Sick("api-1", CrashLoop), Sick("api-2", CrashLoop)],
            $"{Crashed} hint=dependency hint_line=cannot_reach_db-2:5432"),
        new(
            "One pod has run for an hour without getting ready; the others serve", "KubePodNotReady", "ready=2 available=2 newest_sick=1",
            [("pod=api-0 ready=false starting=false age_minutes=60 unready_minutes=60", ""), Well("api-1"), Well("api-2")],
            "node=node-1 probe_failure=Readiness_probe_failed:_HTTP_probe_failed_with_statuscode:_503"),
        new(
            "A healthy, slow rollout: its newest pod is not ready yet", "KubernetesDeploymentReplicasMismatch",
            "ready=3 available=3 updated=2 rolling_out=true rollout_age_minutes=25 newest_pods=2 newest_was_good=false progressing=true",
            [("pod=api-0 ready=false starting=true age_minutes=6", ""), Well("api-1"), ("pod=api-2 revision=r1", "")]),
        new(
            "A new release asks for a Secret that does not exist", "KubeContainerWaiting",
            $"ready=2 available=2 updated=1 rolling_out=true stuck=true waiting_pods=1 newest_pods=1 newest_sick=1 {NewAndBad}",
            [
                Sick("api-0", "waiting=CreateContainerConfigError"), ("pod=api-1 revision=r1", ""), ("pod=api-2 revision=r1", ""),
            ],
            "missing_object=secret/db"),
        new(
            "A new release names an image that the registry does not have", "KubeContainerWaiting",
            $"ready=2 available=2 updated=1 rolling_out=true stuck=true waiting_pods=1 newest_pods=1 newest_sick=1 {NewAndBad}",
            [Sick("api-0", "waiting=ImagePullBackOff"), ("pod=api-1 revision=r1", ""), ("pod=api-2 revision=r1", "")],
            "image_not_found=true pull_transient=false reason=ImagePullBackOff image=shop/api:2"),
        new(
            "One pod cannot pull its image, since the registry did not answer; the others serve", "KubeContainerWaiting",
            "ready=2 available=2 waiting_pods=1 newest_sick=1",
            [Sick("api-0", "waiting=ImagePullBackOff"), Well("api-1"), Well("api-2")],
            "image_not_found=false pull_transient=true pull_failure=unreachable reason=ImagePullBackOff image=shop/api:2 "
                + "message=dial_tcp_10.0.0.9:443:_i/o_timeout"),
        new(
            "One pod runs out of memory again and again, days after the last rollout", "KubernetesContainerOomKiller",
            "ready=2 available=2 crashing_pods=1 crashing_nodes=1 newest_sick=1",
            [
                Sick(
                    "api-0", "crashing=true waiting=CrashLoopBackOff restarts=4 last_terminated=OOMKilled exit_code=137 "
                        + "memory_limit_bytes=134217728"),
                Well("api-1"), Well("api-2"),
            ],
            "container=api oom_of=limit oom_container=api memory_limit=128Mi oom_after_seconds=45 reason=OOMKilled exit_code=137"),
        new(
            "A rollout stands still: the namespace's quota leaves no room for its pods", "KubeDeploymentRolloutStuck",
            "updated=0 rolling_out=true stuck=true rollout_age_minutes=12 newest_pods=0 newest_was_good=false "
                + "replica_failure=exceeded_quota:_pods",
            [("pod=api-0 revision=r1", ""), ("pod=api-1 revision=r1", ""), ("pod=api-2 revision=r1", "")],
            "blocked_by=quota blocked=resourcequota/pods_leaves_no_room_for_them") { NextIsMissing = true },
        new(
            "A pod crashed, and has recovered by itself; the alert still fires", "KubePodCrashLooping", "",
            [("pod=api-0", "restarts=4 last_terminated=Error exit_code=1"), Well("api-1"), Well("api-2")]),
        new(
            "No node has room for a new pod", "KubePodNotReady", "ready=2 available=2 updated=3 newest_pods=3",
            [("pod=api-0 phase=Pending ready=false reason=Unschedulable age_minutes=20", ""), Well("api-1"), Well("api-2")],
            "blocked_by=scheduling blocked=no_node_has_room_for_them_(cpu)"),
        OfJobs(
            "A run is restarted in its pod, and fails each time", "KubePodCrashLooping", Runs,
            [Sick("api-0", $"{CrashLoop} kind=main")], $"{Crashed} hint=dependency hint_line=cannot_reach_db-2:5432"),
        OfJobs(
            "A run asks for a Secret that does not exist", "KubeContainerWaiting", Runs,
            [Sick("api-0", "waiting=CreateContainerConfigError")], "missing_object=secret/db"),
        OfJobs(
            "A run names an image that the registry does not have", "KubeContainerWaiting", Runs,
            [Sick("api-0", "waiting=ImagePullBackOff")],
            "image_not_found=true pull_transient=false reason=ImagePullBackOff image=shop/api:2"),
        OfJobs(
            "A run cannot pull its image, since the registry did not answer", "KubeContainerWaiting", Runs,
            [Sick("api-0", "waiting=ImagePullBackOff")],
            "image_not_found=false pull_transient=true pull_failure=unreachable reason=ImagePullBackOff image=shop/api:2 "
                + "message=dial_tcp_10.0.0.9:443:_i/o_timeout"),
        OfJobs(
            "A run is killed for its memory at each try", "KubernetesContainerOomKiller", Runs,
            [Sick("api-0", "crashing=true waiting=CrashLoopBackOff restarts=4 last_terminated=OOMKilled exit_code=137")],
            "container=api oom_of=limit oom_container=api memory_limit=128Mi reason=OOMKilled exit_code=137"),
        OfJobs(
            "The namespace's quota leaves no room for a run's pod", "JobWithoutPods", "job=api status=active has_pods=false", [],
            "blocked_by=quota blocked=resourcequota/pods_leaves_no_room_for_them"),
        OfJobs(
            "No node has room for a run's pod", "KubePodNotReady", Runs,
            [("pod=api-0 phase=Pending ready=false reason=Unschedulable age_minutes=20", "")],
            "blocked_by=scheduling blocked=no_node_has_room_for_them_(cpu)"),
        OfJobs(
            "A run takes hours, and works", "KubeJobNotCompleted", Runs, [("pod=api-0 age_minutes=700", "")]),
        OfJobs(
            "A run crashed, and has succeeded at another try; the alert still fires", "KubePodCrashLooping",
            "job=api status=complete has_pods=true later_succeeded=false", [("pod=api-0 phase=Succeeded ready=false", "")]),
        OfJobs(
            "The last run has failed, and none has succeeded since", "KubeJobFailed",
            "job=api status=failed has_pods=true later_succeeded=false", [], "exit_code=1 reason=Error"),
        OfJobs(
            "A run has failed, and a later one has succeeded", "KubeJobFailed",
            "job=api status=failed has_pods=true later_succeeded=true", []) with { Kinds = ["cronjob"] },
    ];

    private static Situation OfJobs(
        string name, string alert, string job, IReadOnlyList<(string Pod, string Container)> pods, string evidence = "") =>
        new(name, alert, "", pods, evidence) { Kinds = Jobs, More = [("job", job)] };

    private static (string Pod, string Container) Well(string name) => ($"pod={name}", "");

    private static (string Pod, string Container) Sick(string name, string container) =>
        (
            $"pod={name} ready=false "
                + (container.Contains("crashing=true", StringComparison.Ordinal) ? "crashing=true" : "phase=Pending"),
            container);
}
