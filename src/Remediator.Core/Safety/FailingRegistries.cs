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

    private static readonly ConditionalWeakTable<Fact[], IReadOnlyList<FailingRegistry>> Counted = [];

    public static IReadOnlyList<FailingRegistry> In(FactView view) => Counted.GetValue(Failing.In(view), Count);

    public static FailingRegistry? Of(FactView view, IReadOnlyList<Fact> own)
    {
        var images = own.Where(CannotPull).Select(c => Registry(c["image"])).ToHashSet(StringComparer.Ordinal);
        return images.Count == 0 ? null : In(view).FirstOrDefault(r => images.Contains(r.Name));
    }

    public static string Words(FailingRegistry registry) =>
        $"{registry.Workloads.Count} workloads cannot pull their images from {registry.Name}, and each needs a different one: "
            + "the registry or the network to it is broken";

    private static IReadOnlyList<FailingRegistry> Count(Fact[] containers) =>
    [
        .. from container in containers
           group container by Registry(container["image"]) into registry
           let workloads = registry.Select(c => (c["namespace"], c["workload"], c["workload_kind"])).Distinct().Order().ToList()
           where workloads.Count >= Workloads && registry.Select(c => c["image"]).Distinct().Count() >= Workloads
           orderby registry.Key
           select new FailingRegistry(registry.Key, workloads),
    ];

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

/// <param name="Workloads">Those that cannot pull from it.</param>
internal sealed record FailingRegistry(string Name, IReadOnlyList<(string Namespace, string Name, string Kind)> Workloads);
