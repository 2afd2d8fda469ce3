using System.Globalization;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>What to tell people about the newest rollout of a workload that is sick: how to go back, or why it is not blamed.</summary>
internal static class WayBack
{
    private const int MostPods = 5;

    /// <summary>A StatefulSet is taken back only by a person; how, depends on who owns it.</summary>
    /// <param name="known">Facts of the workload.</param>
    /// <returns>A sentence without its full stop; null where its rollout is not at fault, or there is none to go back to.</returns>
    public static string? Of(FactView known) =>
        known.Named("workload") is [var workload, ..]
            && workload["workload_kind"] == ResourceKinds.StatefulSet
            && workload["rollout_at_fault"] == "true"
            && workload["previous_number"].Length > 0
                ? $"Its release is at fault, and only a person may take a StatefulSet back, since its data may have moved on: "
                    + $"{How(workload, known.At)} (the StatefulSet's own revision {workload["previous_number"]} {Standing(workload)})"
                    + Afterwards(workload, known)
                : null;

    /// <summary>Why a rollout of the last hours is not undone although pods of it are sick.</summary>
    public static string? NotBlamed(FactView known) =>
        known.Named("workload") is [var workload, ..]
            && workload["rollout_doubt"] is { Length: > 0 } doubt
            && workload["newest_sick"] is not ("" or "0")
            && int.TryParse(workload["rollout_age_minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var age)
            && age <= 120
                ? $"Its release of {age} minutes ago is not blamed: {doubt}"
                : null;

    /// <summary>
    /// Helm counts the revisions of its releases, whatever an object of them counts, and says only in its own Secrets which is which.
    /// </summary>
    /// <param name="rolledOut">When the newest revision of the object came; null where that is not known.</param>
    public static string ByHelm(string release, string space, DateTimeOffset? rolledOut) =>
        $"`helm rollback {release} N -n {space}` takes back all of the release, where N is Helm's own revision of "
            + (rolledOut is { } at ? $"before {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "before that rollout")
            + $", which `helm history {release} -n {space}` lists, and not a revision of the object";

    /// <param name="known">Facts of the workload.</param>
    public static DateTimeOffset? RolledOut(FactView known) =>
        known.Named("workload") is [var workload, ..] ? RolledOut(workload, known.At) : null;

    private static DateTimeOffset? RolledOut(Fact workload, DateTimeOffset at) =>
        int.TryParse(workload["rollout_age_minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var age)
            ? at.AddMinutes(-age)
            : null;

    private static string How(Fact set, DateTimeOffset at) =>
        WorkloadOwners.Of(set) is var (owner, where) ? $"{owner} would put back what is changed in the cluster; {where}"
        : set["managed_by"] == "helm" ? ByHelm(Named(set), set["namespace"], RolledOut(set, at))
        : $"`kubectl rollout undo statefulset/{set["workload"]} -n {set["namespace"]} --to-revision={set["previous_number"]}`";

    private static string Named(Fact set) => set["managed_by_name"] is { Length: > 0 } name ? name : "RELEASE";

    private static string Standing(Fact set) =>
        set["previous_was_available"] == "true" ? "ran well" : "came before it, and was not seen to run well";

    /// <summary>https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback</summary>
    private static string Afterwards(Fact set, FactView known)
    {
        if (set["one_by_one"] != "true")
            return "";

        var broken = known.Named("pod")
            .Where(p => p["revision"] == set["revision"] && p["ready"] != "true" && p["terminating"] != "true")
            .Select(p => p["pod"]).Order(StringComparer.Ordinal).Take(MostPods).ToList();
        return broken.Count == 0
            ? ""
            : $". Then delete what is broken, since its controller would wait for it for ever: `kubectl delete pod "
                + $"{string.Join(' ', broken)} -n {set["namespace"]}`";
    }
}
