using System.Runtime.CompilerServices;
using Remediator.Core.Facts;

namespace Remediator.Core.Safety;

/// <summary>
/// A registry from which several workloads cannot pull, each another image: the registry or the way to it is broken, and no rollout of
/// theirs.
/// </summary>
internal static class FailingRegistries
{
    /// <summary>Two may be a coincidence of two releases.</summary>
    private const int Workloads = 3;

    private static readonly FactFilter Failing = new("container", "cannot pull", new([], []), CannotPull);

    private static readonly ConditionalWeakTable<Fact[], Dictionary<string, int>> Counted = [];

    public static Cause? Of(FactView view, IReadOnlyList<Fact> own)
    {
        var failing = Counted.GetValue(Failing.In(view), Count);
        return own.Where(CannotPull).Select(c => Registry(c["image"])).FirstOrDefault(failing.ContainsKey) is { } registry
            ? new(
                $"{failing[registry]} workloads cannot pull their images from {registry}, and each needs a different one: "
                    + $"the registry or the network to it is broken",
                false)
            : null;
    }

    private static Dictionary<string, int> Count(Fact[] containers) =>
        (from container in containers
         group container by Registry(container["image"]) into registry
         let workloads = registry.Select(c => (c["namespace"], c["workload"], c["workload_kind"])).Distinct().Count()
         where workloads >= Workloads && registry.Select(c => c["image"]).Distinct().Count() >= Workloads
         select (registry.Key, workloads)).ToDictionary(r => r.Key, r => r.workloads, StringComparer.Ordinal);

    private static bool CannotPull(Fact container) => container["waiting"] is "ImagePullBackOff" or "ErrImagePull";

    /// <summary>
    /// As container runtimes read it: the part before the first slash is a host where it has a dot or a port, or is localhost.
    /// </summary>
    internal static string Registry(string image) =>
        image.Split('/') is [var host, _, ..]
            && (host.Contains('.', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal) || host == "localhost")
            ? host
            : "docker.io";
}
