using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;

namespace Remediator.Actions.Aws.Instances;

/// <summary>On the node, from before the call: the action that takes its instance out of the group, and that brings it back.</summary>
internal static class StandbyMark
{
    private const string Standby = "remediator.io/standby";
    private const string InGroup = "remediator.io/standby-members";

    public static string On(V1Node node) => Annotation(node, Standby);

    /// <returns>The instances that the group had when it was asked to launch another one; null where it was not asked to.</returns>
    public static IReadOnlyList<string>? MembersBefore(V1Node node) =>
        Annotation(node, InGroup) is { Length: > 0 } members ? members.Split(',') : null;

    /// <param name="membersBefore">Null where the group wants one less.</param>
    public static NodeChange Set(string actionId, IEnumerable<string>? membersBefore) => new()
    {
        Annotations = new()
        {
            [Standby] = actionId, [InGroup] = membersBefore is null ? null : string.Join(',', membersBefore),
        },
    };

    public static NodeChange Clear() => new() { Annotations = new() { [Standby] = null, [InGroup] = null } };

    private static string Annotation(V1Node node, string name) =>
        node.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : "";
}
