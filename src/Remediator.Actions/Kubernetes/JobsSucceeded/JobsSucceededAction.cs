using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Jobs;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.JobsSucceeded;

/// <summary>The last run that ended has succeeded, and no failed one is left.</summary>
internal sealed class JobsSucceededAction(ClusterApi api) : IVerifyAction
{
    private readonly JobReader _jobs = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.jobs-succeeded",
        Class = ActionClass.Read,
        Input = typeof(JobsSucceededInput),
        Summary = "The last run of a job or cron job that ended has succeeded, and no failed run is left.",
        Kinds = [ResourceKinds.CronJob, ResourceKinds.Job],
        Permissions = JobsSucceededPermissions.All,
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var jobs = await _jobs.ReadAsync(request.Resource, request.NotAfter, cancellationToken);
        var ended = jobs.Where(j => JobReader.HasFailed(j) || JobReader.HasSucceeded(j)).ToList();
        if (ended.Count == 0)
            return new(false, "no run has ended yet") { Open = true };
        if (ended.Find(JobReader.HasFailed) is { } failed)
            return new(false, $"job {failed.Metadata.Name} has failed");
        return new(true, $"job {ended[0].Metadata.Name} was the last to end, and has succeeded; no failed one is left");
    }
}
