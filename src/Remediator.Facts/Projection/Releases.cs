using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>
/// What each release of a namespace has rolled out, and its jobs that have done something, by when: to take one of its workloads back alone
/// leaves versions that may not fit. To ask about one costs what happened at its time, however large the namespace is.
/// </summary>
internal sealed class Releases
{
    private const int MostNamed = 5;

    /// <summary>What is rolled out within it of the same release was rolled out by it.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMinutes(30);

    /// <summary>Later nothing is taken back any more.</summary>
    private static readonly TimeSpan Matters = TimeSpan.FromDays(1);

    private readonly Dictionary<Release, SortedSet<Moment>> _moments = [];
    private readonly Dictionary<WorkloadGroup, List<(Release Of, Moment At)>> _of = [];

    /// <summary>As it is now; one that exists no longer is forgotten.</summary>
    /// <param name="rolledOutAt">When its newest revision became the newest; null where that is not known.</param>
    public void Put(WorkloadGroup group, DateTimeOffset? rolledOutAt)
    {
        var now = Moments(group, rolledOutAt).ToList();
        var before = _of.GetValueOrDefault(group) ?? [];
        if (now.SequenceEqual(before))
            return;

        foreach (var (release, moment) in before)
        {
            _moments[release].Remove(moment);
            if (_moments[release].Count == 0)
                _moments.Remove(release);
        }

        foreach (var (release, moment) in now)
        {
            if (!_moments.TryGetValue(release, out var moments))
                _moments[release] = moments = new(Moment.InOrder);
            moments.Add(moment);
        }

        if (now.Count > 0)
            _of[group] = now;
        else
            _of.Remove(group);
    }

    /// <returns>Kind and name of the first few that were rolled out with it; empty where there is none.</returns>
    public string RolledWith(WorkloadGroup group, DateTimeOffset? rolledOutAt, DateTimeOffset now) =>
        rolledOutAt is { } at && now - at <= Matters && Of(group.Metadata) is { Length: > 0 } release
            ? string.Join(", ", Around(at, new(group.Owner.Namespace, false, release))
                .Where(name => name != Called(group.Owner))
                .Take(MostNamed)
                .Order(StringComparer.Ordinal))
            : "";

    /// <summary>
    /// The job of its release that has run with its newest rollout, as one that migrates a database does: what it did does not go back with
    /// the rollout, nor does the half that a migration did before it failed. Helm marks its own as hooks, and puts the name of the release
    /// on none of them; what is a migration by its name needs no other mark.
    /// </summary>
    /// <returns>As in <c>job migrate of its release has completed</c>; empty where there is none.</returns>
    public string MigratedBy(WorkloadGroup group, DateTimeOffset? rolledOutAt) =>
        rolledOutAt is { } at
            ? Names(group.Metadata).Append("").SelectMany(name => Around(at, new(group.Owner.Namespace, true, name))).FirstOrDefault("")
            : "";

    private IEnumerable<string> Around(DateTimeOffset at, Release release) => _moments.TryGetValue(release, out var moments)
        ? moments.GetViewBetween(new(at - Together, ""), new((at + Together).AddTicks(1), "")).Select(m => m.Name)
        : [];

    private static IEnumerable<(Release Of, Moment At)> Moments(WorkloadGroup group, DateTimeOffset? rolledOutAt)
    {
        var space = group.Owner.Namespace;
        if (rolledOutAt is { } at && Of(group.Metadata) is { Length: > 0 } release)
            yield return (new(space, false, release), new(at, Called(group.Owner)));
        if (group is not { Owner.Kind: ResourceKinds.Job, Object: { Metadata.CreationTimestamp: { } created } job }
            || Did(group, job) is not { Length: > 0 } did)
            yield break;

        string[] names = [.. Names(job.Metadata).Distinct()];
        foreach (var name in names is [] && IsMigration(job) ? [""] : names)
            yield return (new(space, true, name), new(created, $"job {group.Owner.Name} of its release {did}"));
    }

    private static string Called(Owner owner) => $"{owner.Kind} {owner.Name}";

    private static string Did(WorkloadGroup group, Workload job) =>
        job.Status.Conditions.Truth("Complete") == "true" ? "has completed"
        : IsMigration(job) && (job.Status.Conditions.Truth("Failed") == "true" || group.Pods.Exists(p => !p.NeverRan)) ? "has begun"
        : "";

    private static bool IsMigration(Workload job) =>
        IsOfUpgrade(job.Metadata.Annotation("helm.sh/hook"))
            || Migrations.IsNamedLikeOne(job.Metadata.Name)
            || job.Spec.Template.Spec.Containers.Concat(job.Spec.Template.Spec.InitContainers).Any(c => Migrations.IsNamedLikeOne(c.Name));

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

    /// <param name="OfJobs">Its jobs, and not what it has rolled out.</param>
    /// <param name="Name">Empty for hooks and migrations that bear no name of a release.</param>
    private readonly record struct Release(string Space, bool OfJobs, string Name);

    private readonly record struct Moment(DateTimeOffset At, string Name)
    {
        public static readonly Comparer<Moment> InOrder = Comparer<Moment>.Create(
            (a, b) => a.At.CompareTo(b.At) is not 0 and var order ? order : string.CompareOrdinal(a.Name, b.Name));
    }
}
