using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.PodReady;

/// <summary>Every pod that is there is ready. Of a workload it does not ask whether there are enough: that is workload-ready.</summary>
internal sealed class PodReadyAction(ClusterApi api, WorkloadReader workloads) : IVerifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.pod-ready",
        Class = ActionClass.Read,
        Input = typeof(PodReadyInput),
        Summary = "Every pod of the resource is ready, and none restarts.",
        Kinds = ResourceKinds.WithPods,
        Permissions = PodReadyPermissions.All,
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var pods = (await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken))
            .Where(p => !p.IsTerminating() && !p.IsOver())
            .ToList();
        if (pods.Count == 0)
            return new(false, "there is no pod");

        var now = api.Time.GetUtcNow().UtcDateTime;
        var ended = pods.EndedAt();
        if (pods.Find(p => !p.IsReady()) is null)
            return new(true, $"{pods.Count} of {pods.Count} ready") { EndedAt = ended };

        var sick = pods.Find(p => !p.IsReady() && !p.IsStarting(now, request.CrashWindow()));
        var unready = sick ?? pods.First(p => !p.IsReady());
        return new(false, $"pod {unready.Metadata.Name} is {(sick is null ? "being started" : "not ready")}{Because(unready)}")
        {
            Open = sick is null,
            Progress = pods.Count(p => p.IsReady()),
            Needs = pods.Max(p => p.StartBudget()) * request.DurationScale,
            EndedAt = ended,
        };
    }

    private static string Because(V1Pod pod) =>
        pod.Containers().FirstOrDefault(c => c.Waiting().Length > 0) is { } waiting
            ? $": container {waiting.Name} waits: {waiting.Waiting()}"
            : "";
}
