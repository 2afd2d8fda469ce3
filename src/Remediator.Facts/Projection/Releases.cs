using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Workloads that one release has rolled out together: to take one of them back alone leaves versions that may not fit.</summary>
internal static class Releases
{
    private const int MostNamed = 5;

    /// <summary>What is rolled out within it of the same release was rolled out by it.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMinutes(30);

    /// <summary>Later nothing is taken back any more.</summary>
    private static readonly TimeSpan Matters = TimeSpan.FromDays(1);

    /// <param name="others">Of the same namespace.</param>
    /// <returns>Kind and name of each, as far as a few go; empty where there is none.</returns>
    public static string RolledWith(WorkloadGroup group, IReadOnlyCollection<WorkloadGroup> others, DateTimeOffset now) =>
        group.RolledOutAt is { } at && now - at <= Matters && Of(group.Metadata) is { Length: > 0 } release
            ? string.Join(", ", others
                .Where(o => o != group && o.RolledOutAt is { } other && (other - at).Duration() <= Together && Of(o.Metadata) == release)
                .Select(o => $"{o.Owner.Kind} {o.Owner.Name}")
                .Order(StringComparer.Ordinal)
                .Take(MostNamed))
            : "";

    /// <summary>
    /// The job of its release that has run with its newest rollout, as one that migrates a database does: what it did does not go back with
    /// the rollout, nor does the half that one did before it failed. Helm marks its own as hooks, and puts the name of the release on none
    /// of them. What is a migration by its name needs no other mark.
    /// </summary>
    /// <param name="others">Of the same namespace.</param>
    /// <returns>As in <c>job migrate of its release has completed</c>; empty where there is none.</returns>
    public static string MigratedBy(WorkloadGroup group, IReadOnlyCollection<WorkloadGroup> others) =>
        group.RolledOutAt is { } at
            ? others
                .Where(o => o is { Owner.Kind: ResourceKinds.Job, Object: { } job }
                    && job.Metadata.CreationTimestamp is { } created && (created - at).Duration() <= Together
                    && IsOfRelease(job, group.Metadata)
                    && (HasCompleted(job) || (IsMigration(job) && HasBegun(o, job))))
                .Select(o => $"job {o.Owner.Name} of its release {(HasCompleted(o.Object!) ? "has completed" : "has begun")}")
                .Min(StringComparer.Ordinal) ?? ""
            : "";

    private static bool IsOfRelease(Workload job, ObjectMeta workload) =>
        Names(job.Metadata).Any() ? Names(job.Metadata).Intersect(Names(workload)).Any() : IsMigration(job);

    private static bool IsMigration(Workload job) =>
        IsOfUpgrade(job.Metadata.Annotation("helm.sh/hook"))
            || Migrations.IsNamedLikeOne(job.Metadata.Name)
            || job.Spec.Template.Spec.Containers.Concat(job.Spec.Template.Spec.InitContainers).Any(c => Migrations.IsNamedLikeOne(c.Name));

    private static bool HasCompleted(Workload job) => job.Status.Conditions.Truth("Complete") == "true";

    private static bool HasBegun(WorkloadGroup group, Workload job) =>
        job.Status.Conditions.Truth("Failed") == "true" || group.Pods.Exists(p => !p.NeverRan);

    private static bool IsOfUpgrade(string hooks) => hooks.Split(',').Any(h => h.Trim() is "pre-upgrade" or "post-upgrade");

    private static IEnumerable<string> Names(ObjectMeta meta) => new[]
    {
        meta.Annotation("meta.helm.sh/release-name"), meta.Label("app.kubernetes.io/part-of"), meta.Label("app.kubernetes.io/instance"),
        meta.Label("release"),
    }.Where(n => n.Length > 0);

    /// <summary>The Helm release, else what people call the whole by the recommended labels.</summary>
    private static string Of(ObjectMeta meta) =>
        new[]
        {
            meta.Annotation("meta.helm.sh/release-name"), meta.Label("app.kubernetes.io/part-of"), meta.Label("app.kubernetes.io/instance"),
        }.FirstOrDefault(n => n.Length > 0) ?? "";
}
