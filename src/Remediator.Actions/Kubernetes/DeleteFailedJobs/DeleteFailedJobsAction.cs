using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Jobs;
using Remediator.Actions.Kubernetes.Logs;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Language;
using Remediator.Core.Resources;
using k8s;

namespace Remediator.Actions.Kubernetes.DeleteFailedJobs;

/// <summary>
/// Deletes the failed runs of a cron job after which a later run succeeded: they only keep an alert alive. Nothing is run again.
/// </summary>
internal sealed class DeleteFailedJobsAction(ClusterApi api, WorkloadReader workloads) : IChangeAction
{
    private const int Most = 100;
    private const string Uid = "uid";

    private readonly JobReader _jobs = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.delete-failed-jobs",
        Class = ActionClass.Mild,
        Input = typeof(DeleteFailedJobsInput),
        Summary = "Deletes the failed runs of a cron job after which a later run succeeded, with their pods, "
            + "once the evidence has their logs.",
        Kinds = [ResourceKinds.CronJob],
        Deadline = TimeSpan.FromMinutes(3),
        Permissions = DeleteFailedJobsPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var resource = request.Resource;
        var jobs = await _jobs.ReadAsync(resource, request.NotAfter, cancellationToken);
        var known = request.Facts.Named("job").Where(f => f["later_succeeded"] == "true").Select(f => f[Uid]).ToHashSet();
        var going = JobReader.MadeUpFor(jobs)
            .Where(j => known.Contains(j.Metadata.Uid) && j.Metadata.DeletionTimestamp is null)
            .ToList();
        if (going.Count == 0)
            return PlanResult.Refused($"No failed run of {resource.Display} has a later one that succeeded.");

        var unread = await UnreadAsync(request, cancellationToken);
        if (going.RemoveAll(j => unread.Contains(j.Metadata.Name)) > 0 && going.Count == 0)
            return PlanResult.Refused(
                $"No log of the failed runs of {resource.Display} is among the evidence, and it would be lost with their pods.");

        going = [.. going.TakeLast(Most)];
        var names = string.Join(", ", going.Select(j => j.Metadata.Name));
        var success = jobs.First(JobReader.HasSucceeded);
        return PlanResult.Planned(new()
        {
            Summary = $"delete the failed runs of {resource.Display} ({names}); {success.Metadata.Name}, which began later, succeeded",
            Changes = [new($"jobs of {resource.Display}", "failed", names, "(deleted)")],
            Preconditions = new Dictionary<string, string> { [Uid] = JobReader.Owner(going[0], resource)!.Uid },
            Parameters = going.ToDictionary(j => j.Metadata.Name, j => j.Metadata.Uid, StringComparer.Ordinal),
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        foreach (var (name, uid) in plan.Parameters)
            await api.DeleteIfThereAsync($"job {request.Resource.Namespace}/{name}", uid, request.NotAfter, (k, options, ct) =>
            {
                // jobs orphan their pods unless they are told otherwise
                options.PropagationPolicy = "Background";
                return k.BatchV1.DeleteNamespacedJobAsync(name, request.Resource.Namespace, options, cancellationToken: ct);
            }, cancellationToken);
        return new($"{Plural.Of(plan.Parameters.Count, "failed run")} of {request.Resource.Display} "
            + $"{(plan.Parameters.Count == 1 ? "was" : "were")} deleted.") { Changes = plan.Changes };
    }

    /// <summary>Runs with a container that failed, whose log the evidence does not have.</summary>
    private async Task<HashSet<string>> UnreadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var kept = KeptLogs.In(request.Facts);
        return [.. (await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken))
            .Where(p => p.Containers().Any(KeptLogs.HasFailed))
            .Select(KeptLogs.Owner)
            .OfType<string>()
            .Where(job => !kept.Contains(job))];
    }

    /// <summary>A cron job of the same name that was made anew has other runs.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        (await _jobs.ReadAsync(request.Resource, request.NotAfter, cancellationToken))
            .Select(j => JobReader.Owner(j, request.Resource)).FirstOrDefault() is { } owner
            ? new Dictionary<string, string> { [Uid] = owner.Uid }
            : null;

    /// <summary>Some of them may be gone: those that are left can be deleted again, each by its uid.</summary>
    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var uids = plan.Parameters.Values.ToHashSet(StringComparer.Ordinal);
        var left = (await _jobs.ReadAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken))
            .Count(j => uids.Contains(j.Metadata.Uid) && j.Metadata.DeletionTimestamp is null);
        return left == 0
            ? new(ProbeAnswer.Happened, $"All {uids.Count} are gone.")
            : new(ProbeAnswer.DidNotHappen, $"{left} of {uids.Count} still exist.");
    }
}
