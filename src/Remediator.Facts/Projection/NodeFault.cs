using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>
/// What is wrong with a node that is not ready, as its condition says. The kubelet gives one reason for all that it finds and puts the rest
/// into words, and joins several with commas (kubernetes: pkg/kubelet/nodestatus/setters.go, ReadyCondition). What comes first here is the
/// cause of what comes later.
/// </summary>
internal static class NodeFault
{
    private static readonly (string Fault, string[] Words)[] Known =
    [
        ("runtime", ["container runtime is down", "container runtime status check may not have completed", "failed to get runtime status"]),
        ("network", ["NetworkPluginNotReady", "NetworkReady=false", "cni plugin not initialized"]),
        ("pleg", ["PLEG is not healthy"]),
    ];

    public static string Of(Node node) => node.Status.Conditions.Of("Ready") switch
    {
        null or { Status: "True" } => "",
        // written by the controller of nodes, where no kubelet renews it
        { Reason: "NodeStatusUnknown" or "NodeStatusNeverUpdated" } => "silent",
        { Message: var message } => Known.FirstOrDefault(
            k => Array.Exists(k.Words, w => message.Contains(w, StringComparison.OrdinalIgnoreCase))).Fault ?? "",
    };
}
