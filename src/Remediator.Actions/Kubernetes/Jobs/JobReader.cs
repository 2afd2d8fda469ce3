using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Jobs;

/// <summary>Reads the runs of a cron job, or a job by itself, live.</summary>
internal sealed class JobReader(ClusterApi api)
{
    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<V1Job>> ReadAsync(ResourceKey resource, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var jobs = await api.PagesAsync<V1Job, V1JobList>($"list jobs in namespace {resource.Namespace}", notAfter, (k, from, ct) =>
            k.BatchV1.ListNamespacedJobAsync(
                resource.Namespace, limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            j => resource.Kind == ResourceKinds.CronJob ? Owner(j, resource) is not null : j.Metadata.Name == resource.Name,
            cancellationToken);
        return [.. jobs.OrderByDescending(j => j.Metadata.CreationTimestamp).ThenBy(j => j.Metadata.Name, StringComparer.Ordinal)];
    }

    public static V1OwnerReference? Owner(V1Job job, ResourceKey cronJob) =>
        job.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true && o.Kind == "CronJob" && o.Name == cronJob.Name);

    public static bool HasFailed(V1Job job) => Is(job, "Failed");

    public static bool HasSucceeded(V1Job job) => Is(job, "Complete");

    /// <summary>Those that failed and after which a later one succeeded.</summary>
    public static IReadOnlyList<V1Job> MadeUpFor(IReadOnlyList<V1Job> jobs)
    {
        var success = jobs.Where(HasSucceeded).Max(j => j.Metadata.CreationTimestamp);
        return [.. jobs.Where(j => HasFailed(j) && j.Metadata.CreationTimestamp < success)];
    }

    private static bool Is(V1Job job, string condition) =>
        job.Status?.Conditions?.Any(c => c.Type == condition && c.Status == "True") == true;
}
