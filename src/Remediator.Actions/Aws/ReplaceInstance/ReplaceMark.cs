using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;

namespace Remediator.Actions.Aws.ReplaceInstance;

/// <summary>
/// On the node that is replaced, from before each call: by which action, in which group, and what was asked of AWS last. It stays when the
/// replacement does not come about: as long as the node is not ready, no other instance of the group is replaced.
/// </summary>
/// <param name="ActionId">Empty where there is no mark.</param>
internal sealed record ReplaceMark(string ActionId, string Group, string Asked)
{
    /// <summary>The group launches another one since Standby; nothing was asked here.</summary>
    public const string Nothing = "nothing";

    /// <summary>To raise the desired capacity of the group by one.</summary>
    public const string Capacity = "capacity";

    /// <summary>To end the instance.</summary>
    public const string End = "end";

    private const string By = "remediator.io/replacing";
    private const string In = "remediator.io/replacing-in";
    private const string Last = "remediator.io/replacing-asked";

    public static ReplaceMark On(V1Node node) => new(Annotation(node, By), Annotation(node, In), Annotation(node, Last));

    public NodeChange Set() => new() { Annotations = new() { [By] = ActionId, [In] = Group, [Last] = Asked } };

    public static NodeChange Clear() => new() { Annotations = new() { [By] = null, [In] = null, [Last] = null } };

    private static string Annotation(V1Node node, string name) =>
        node.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : "";
}
