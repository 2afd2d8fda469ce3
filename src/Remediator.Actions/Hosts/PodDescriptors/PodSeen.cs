using System.Globalization;
using k8s.Models;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Kubernetes.Pods;

namespace Remediator.Actions.Hosts.PodDescriptors;

/// <summary>A running pod, and of its processes the one that is nearest to a limit of open files.</summary>
/// <param name="State">Null where it could not be seen; then <paramref name="WhyNot"/> says why.</param>
/// <param name="Host">The machine that it is on, as the policy calls it; empty where it lists none.</param>
internal sealed record PodSeen(V1Pod Pod, DescriptorState? State, string Host, string WhyNot)
{
    /// <summary>The one that the process is in; empty where that is not to be told.</summary>
    public string Container => State is null
        ? ""
        : Pod.Containers().FirstOrDefault(c => IdOf(c) is { Length: > 0 } id
            && State.Groups.Any(g => g.Contains(id, StringComparison.Ordinal)))?.Name ?? "";

    /// <summary>What the process is of.</summary>
    public string Owner => $"{(Container.Length > 0 ? $"container {Container} of " : "")}pod {Pod.Metadata.Name}";

    public string Process => $"process {State?.Name} of {Owner}";

    public string Describe() => State is null
        ? $"pod {Pod.Metadata.Name}: not known; {WhyNot}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"pod {Pod.Metadata.Name}: {State.UsedPercent:0.#}% of the limit that is nearest ({State.Short}), {State.Open} open");

    /// <summary>Without the runtime in front of it, as in <c>containerd://0123...</c>; empty for what is no such id.</summary>
    public static string IdOf(V1ContainerStatus container) =>
        (container.ContainerID ?? "").Split("://") is [_, { Length: >= 32 } id] && id.All(char.IsAsciiHexDigit) ? id : "";
}
