using System.Globalization;
using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;

namespace Remediator.Actions.Aws.RebootInstance;

/// <summary>
/// On the node, from before the call: which start of the machine is to end, and by which action. It stays, so that no start of a machine
/// is ever asked to end twice, by whomever.
/// </summary>
/// <param name="BootId">Empty where there is no mark.</param>
internal sealed record RebootMark(string BootId, string ActionId)
{
    private const string Boot = "remediator.io/rebooted-boot";
    private const string Action = "remediator.io/rebooted-by";
    private const string Time = "remediator.io/rebooted-at";

    public static RebootMark On(V1Node node) => new(Annotation(node, Boot), Annotation(node, Action));

    public NodeChange Set(DateTimeOffset now) => new()
    {
        Annotations = new()
        {
            [Boot] = BootId, [Action] = ActionId, [Time] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>When it was asked for; null where the mark does not say so.</summary>
    public static DateTimeOffset? At(V1Node node) =>
        long.TryParse(Annotation(node, Time), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    public static NodeChange Clear() => new() { Annotations = new() { [Boot] = null, [Action] = null, [Time] = null } };

    private static string Annotation(V1Node node, string name) =>
        node.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : "";
}
