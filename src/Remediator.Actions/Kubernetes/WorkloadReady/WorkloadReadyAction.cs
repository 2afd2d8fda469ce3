using System.Globalization;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.WorkloadReady;

/// <summary>
/// All replicas of the newest revision are there and ready, and no container is held back. While a rollout goes on, or a pod is still being
/// started, it is not to be seen yet. Pods that come and go say nothing; a container that has ended does.
/// </summary>
internal sealed class WorkloadReadyAction(ClusterApi api, WorkloadReader workloads) : IVerifyAction
{
    /// <summary>Kubernetes' own default of a Deployment.</summary>
    private const long ProgressDeadlineSeconds = 600;

    private const long GraceSeconds = 30;

    /// <summary>A leak is known to be stopped only after it would have shown once more.</summary>
    private const int LeakTimes = 2;

    private static readonly TimeSpan LongestLeak = TimeSpan.FromHours(24);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.workload-ready",
        Class = ActionClass.Read,
        Input = typeof(WorkloadReadyInput),
        Summary = "All replicas are updated and ready, and none of their containers is waiting or restarting.",
        Kinds = ResourceKinds.RolledOut,
        Permissions = WorkloadReadyPermissions.All,
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var workload = await workloads.FindAsync(request.Resource, request.NotAfter, cancellationToken);
        if (workload is null)
            return new(false, $"{request.Resource.Display} does not exist.");

        var all = await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken);
        var dead = await DeadNodes.OfAsync(workload, all, api, workloads, request, cancellationToken);
        var pods = all.Where(p => !p.IsTerminating() && !p.IsOver() && !dead.Has(p)).ToList();
        return Judge(workload, pods, dead, request) with
        {
            Progress = workload.Updated + workload.Ready,
            Needs = Needs(workload, pods) * request.DurationScale,
            StableFor = TwiceToOom(request.Facts),
            EndedAt = pods.EndedAt(),
            LeastRestarts = pods.Count == 0 ? null : pods.Min(p => p.Containers().Sum(c => c.RestartCount)),
        };
    }

    private CheckResult Judge(LiveWorkload w, List<V1Pod> pods, DeadNodes dead, ActionRequest request)
    {
        if (!w.Observed)
            return NotYet("the controller has not yet seen the newest specification");
        if (w.Desired == 0)
            return NotYet("it is scaled to 0") with { Nothing = true };

        if (dead.Names.Count > 0 && dead.Names.Count >= w.Desired)
            return NotYet($"it can be seen nowhere{dead.Words}");

        var (desired, updated, wanted) = dead.Names.Count == 0
            ? (w.Desired, w.Updated, w.DesiredUpdated)
            : (w.Desired - dead.Names.Count, dead.Updated, Math.Max(0, w.DesiredUpdated - dead.Names.Count));
        if (updated < wanted)
            return NotYet($"{updated} of {wanted} are of the newest revision{dead.Words}");
        if (w.Total > w.Desired)
            return NotYet($"{w.Total - w.Desired} of an old revision remain");
        if (HeldBack(pods) is { } waits)
            return new(false, waits);

        var now = api.Time.GetUtcNow().UtcDateTime;
        if (pods.Find(p => !p.IsReady() && !p.IsStarting(now, request.CrashWindow())) is { } sick)
            return new(false, $"{w.Ready} of {desired} ready: pod {sick.Metadata.Name} is not, and its time to start is over{dead.Words}");

        return w.Ready < desired || pods.Exists(p => !p.IsReady())
            ? NotYet($"{w.Ready} of {desired} ready{dead.Words}")
            : new(true, $"{w.Ready} of {desired} ready, all of the newest revision{dead.Words}");
    }

    private static CheckResult NotYet(string observed) => new(false, observed) { Open = true };

    /// <summary>Its start, the time that it has to stay ready, the end of the pod before, and the deadline of its own rollout.</summary>
    private static TimeSpan Needs(LiveWorkload w, List<V1Pod> pods) =>
        pods.Select(p => p.StartBudget()).DefaultIfEmpty().Max()
            + TimeSpan.FromSeconds(
                w.Seconds("minReadySeconds", 0)
                    + (pods.Select(p => p.Spec?.TerminationGracePeriodSeconds).Max() ?? GraceSeconds)
                    + (w.Kind == ResourceKinds.Deployment ? w.Seconds("progressDeadlineSeconds", ProgressDeadlineSeconds) : 0));

    /// <summary>None where memory was not what ended it, or where it is not known how long it ran.</summary>
    private static TimeSpan TwiceToOom(FactView facts)
    {
        var seconds = facts.Named("evidence")
            .Select(e => double.TryParse(e["oom_after_seconds"], CultureInfo.InvariantCulture, out var after) ? after : 0)
            .DefaultIfEmpty().Max();
        var twice = TimeSpan.FromSeconds(seconds * LeakTimes);
        return twice < LongestLeak ? twice : LongestLeak;
    }

    private static string? HeldBack(IEnumerable<V1Pod> pods) =>
        (from pod in pods
         from container in pod.Containers()
         where container.Waiting().Length > 0
         select $"container {container.Name} of pod {pod.Metadata.Name} waits: {container.Waiting()}").FirstOrDefault();
}
