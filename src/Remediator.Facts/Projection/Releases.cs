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

    /// <summary>The Helm release, else what people call the whole by the recommended labels.</summary>
    private static string Of(ObjectMeta meta) =>
        new[]
        {
            meta.Annotation("meta.helm.sh/release-name"), meta.Label("app.kubernetes.io/part-of"), meta.Label("app.kubernetes.io/instance"),
        }.FirstOrDefault(n => n.Length > 0) ?? "";
}
