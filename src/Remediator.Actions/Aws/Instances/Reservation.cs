using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.Instances;

/// <summary>How a node says, from before a call to AWS, that it is made: <see cref="ReservedCalls"/>.</summary>
internal sealed record Reservation
{
    /// <summary>Whether the node carries the mark of this very call.</summary>
    public required Func<V1Node, bool> IsOn { get; init; }

    /// <summary>What speaks against the call at the moment in which it is reserved; null for nothing.</summary>
    public required Func<NodeInstance, CancellationToken, Task<string?>> Doubt { get; init; }

    public required Func<NodeInstance, NodeChange> Mark { get; init; }

    /// <summary>Where the call was certainly not accepted.</summary>
    public required Func<NodeChange> Unmark { get; init; }

    /// <summary>How its effect is looked for.</summary>
    public required Began Began { get; init; }

    /// <summary>Follows on what speaks against it.</summary>
    public string Otherwise { get; init; } = "nothing was done";
}
