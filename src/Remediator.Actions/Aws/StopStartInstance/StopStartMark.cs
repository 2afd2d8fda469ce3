using System.Globalization;
using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Resources;

namespace Remediator.Actions.Aws.StopStartInstance;

/// <summary>
/// On the node, from before each call: by which action its machine moves, which start of it is to end, and what was asked of EC2 last. It
/// stays, so that no start of a machine is ever asked to end twice.
/// </summary>
/// <param name="ActionId">Empty where there is no mark.</param>
internal sealed record StopStartMark(string ActionId, string BootId, string Asked)
{
    public const string Stop = NodeOwners.MovingStop;
    public const string Start = "start";

    private const string By = "remediator.io/moving";
    private const string Boot = NodeOwners.MovingBoot;
    private const string Last = NodeOwners.MovingAsked;
    private const string Time = "remediator.io/moving-at";

    public static StopStartMark On(V1Node node) => new(Annotation(node, By), Annotation(node, Boot), Annotation(node, Last));

    public NodeChange Set(DateTimeOffset now) => new()
    {
        Annotations = new()
        {
            [By] = ActionId, [Boot] = BootId, [Last] = Asked,
            [Time] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>When it was asked for last; null where the mark does not say so.</summary>
    public static DateTimeOffset? At(V1Node node) =>
        long.TryParse(Annotation(node, Time), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    public static NodeChange Clear() =>
        new() { Annotations = new() { [By] = null, [Boot] = null, [Last] = null, [Time] = null } };

    private static string Annotation(V1Node node, string name) =>
        node.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : "";
}
