using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>Finds the one pod that a step is about: sick in the live state and in the facts that the decision was made on.</summary>
internal sealed class PodTargets(ClusterApi api, WorkloadReader workloads)
{
    /// <summary>The pod, or why there is none that may be touched.</summary>
    /// <exception cref="ActionFailedException">
    /// Transient: facts and API server do not agree. That is no reason to pass on to a stronger step.
    /// </exception>
    public async Task<(V1Pod? Pod, string Refusal)> ChooseAsync(
        ActionRequest request, PodChoice choice, CancellationToken cancellationToken)
    {
        var resource = request.Resource;
        var live = (await workloads.PodsAsync(resource, request.NotAfter, cancellationToken))
            .Where(p => !p.IsTerminating() && !p.IsOver())
            .ToList();
        if (live.Count == 0)
            return (null, $"{resource.Display} has no pod.");

        var now = api.Time.GetUtcNow().UtcDateTime;
        var sick = live.Where(p => IsMeant(p, choice, now, request.CrashWindow())).ToList();
        if (sick.Count == 0)
            throw new ActionFailedException(
                FailureKind.Transient, $"No pod of {resource.Display} is {Describe(choice)} now, although the facts said so.");

        var known = sick.Where(p => FactsAgree(p, choice, request.Facts)).ToList();
        if (known.Count == 0)
            throw new ActionFailedException(
                FailureKind.Transient, $"The facts do not (yet) say that {Name(sick[0])} is {Describe(choice)}; the API server does.");

        var pod = known.OrderByDescending(p => p.Restarts())
            .ThenBy(p => p.Metadata.CreationTimestamp)
            .ThenBy(p => p.Metadata.Name, StringComparer.Ordinal)
            .First();
        if (pod.Controller() is null)
            return (null, $"{Name(pod)} has no controller: it would not come back.");
        if (DoNotEvict.Of(pod, choice) is { } forbidden)
            return (null, forbidden);
        return pod.Metadata.Annotations?.ContainsKey("kubernetes.io/config.mirror") == true
            ? (null, $"{Name(pod)} is a static pod of its kubelet: deleting it at the API server does nothing.")
            : (pod, "");
    }

    public static string Name(V1Pod pod) => $"pod {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";

    private static bool IsMeant(V1Pod pod, PodChoice choice, DateTime now, TimeSpan window) => choice switch
    {
        PodChoice.Crashing => pod.IsCrashing(now, window),
        PodChoice.Waiting => pod.IsWaiting(),
        PodChoice.Pinning => pod.IsWaiting() || pod.IsCrashing(now, window),
        // what it has open is not in its status
        PodChoice.Leaking => pod.Status?.Phase == "Running",
        _ => pod.Status?.Phase == "Running" && !pod.IsReady(),
    };

    private static bool FactsAgree(V1Pod pod, PodChoice choice, FactView facts)
    {
        var name = pod.Metadata.Name;
        if (!facts.Named("pod").Any(
            f => f["pod"] == name && f["uid"] == pod.Metadata.Uid && (choice != PodChoice.NotReady || f["ready"] == "false")))
            return false;

        var containers = facts.Named("container").Where(f => f["pod"] == name);
        return choice switch
        {
            PodChoice.Crashing => containers.Any(f => f["crashing"] == "true"),
            PodChoice.Waiting => containers.Any(f => f["waiting"].Length > 0),
            PodChoice.Pinning => facts.Named("workload").Any(f => f["pinned_by"] == name),
            PodChoice.Leaking => facts.Named("descriptors").Any(
                f => f["uid"] == pod.Metadata.Uid && f["room"] == "no" && f["trouble"] == "leak" && f["short"] == "process"),
            _ => true,
        };
    }

    private static string Describe(PodChoice choice) => choice switch
    {
        PodChoice.Crashing => "crashing",
        PodChoice.Waiting => "waiting",
        PodChoice.Pinning => "broken and of a revision that nothing is to have any more",
        PodChoice.Leaking => "leaking file descriptors",
        _ => "running without being ready",
    };
}
