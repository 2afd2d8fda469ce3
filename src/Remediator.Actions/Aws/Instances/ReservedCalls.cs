using k8s.Models;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.Instances;

/// <summary>
/// Changes to an instance. AWS takes no token that would make it harmless to ask for one twice, so the node is marked before the call, and
/// whoever finds the mark only looks.
/// </summary>
internal sealed class ReservedCalls(ClusterApi cluster, AwsApi aws, InstanceReader instances)
{
    /// <returns>
    /// The instance as it was when the mark was written, for the one who is to make the call; null where that was done before.
    /// </returns>
    /// <exception cref="ActionFailedException">It is another machine, something speaks against it, or nothing could be read.</exception>
    public async Task<NodeInstance?> ReserveAsync(
        ActionRequest request, ActionPlan plan, Reservation reservation, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sight = await instances.ReadAsync(request, cancellationToken);
            if (!IsPlanned(sight.Node, plan))
                throw new ActionFailedException(FailureKind.Permanent, $"The {request.Resource.Display} that was planned for is gone.");
            if (reservation.IsOn(sight.Node!))
                return null;
            var why = sight.Found is not { } found ? sight.Doubt
                : found.InstanceId != plan.Preconditions["instance_id"] ? $"it is instance {found.InstanceId} now"
                : await reservation.Doubt(found, cancellationToken);
            if (why is not null)
                throw new ActionFailedException(FailureKind.Permanent, $"{request.Resource.Display}: {why}; {reservation.Otherwise}.");
            if (await cluster.TryPatchNodeAsync(
                request, sight.Node!, reservation.Mark(sight.Found!), mayRepeat: attempt < NodePatch.Tries, cancellationToken))
                return sight.Found;
        }
    }

    /// <summary>Of what was reserved before.</summary>
    /// <param name="what">Completes "AWS was asked to ...".</param>
    public static ActionOutcome OnlyLooked(Reservation reservation, string what) =>
        new($"AWS was asked to {what} before; it is only looked at.") { Began = reservation.Began };

    /// <param name="what">As for <see cref="OnlyLooked"/>.</param>
    /// <param name="call">Gives the id of the request.</param>
    public async Task<ActionOutcome> MakeAsync(
        ActionRequest request, Reservation reservation, string what, Func<AwsApi.Clients, CancellationToken, Task<string>> call,
        CancellationToken cancellationToken)
    {
        try
        {
            var requestId = await aws.ActAsync(what, request.NotAfter, call, cancellationToken);
            return new($"AWS was asked to {what} (request {requestId}).") { Began = reservation.Began };
        }
        catch (ActionFailedException e) when (e.Kind is FailureKind.Unknown)
        {
            return new($"{e.Message} Whether it was accepted is seen by what happens; it is not asked for again.")
                { Began = reservation.Began };
        }
        catch (ActionFailedException)
        {
            await TryReleaseAsync(request, reservation, cancellationToken);
            throw;
        }
    }

    public async Task<ProbeResult> ProbeAsync(
        ActionRequest request, ActionPlan plan, Reservation reservation, CancellationToken cancellationToken)
    {
        var node = await cluster.FindNodeAsync(request.Resource, DateTimeOffset.MaxValue, cancellationToken);
        if (!IsPlanned(node, plan))
            return new(ProbeAnswer.Unknown, $"The {request.Resource.Display} that was planned for no longer exists.");
        return reservation.IsOn(node!)
            ? new(ProbeAnswer.Happened, $"{request.Resource.Display} carries the mark of this action; AWS may have been asked.")
                { Began = reservation.Began }
            : new(
                ProbeAnswer.DidNotHappen,
                $"{request.Resource.Display} does not carry the mark of this action, which is written before the call.");
    }

    /// <summary>Where that fails, the mark stays, and what it forbids is left to people.</summary>
    public async Task TryReleaseAsync(ActionRequest request, Reservation reservation, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; attempt <= NodePatch.Tries; attempt++)
            {
                var node = await cluster.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
                if (node is null || !reservation.IsOn(node)
                    || await cluster.TryPatchNodeAsync(request, node, reservation.Unmark(), mayRepeat: true, cancellationToken))
                    return;
            }
        }
        catch (ActionFailedException)
        {
            // what AWS has said matters more
        }
    }

    private static bool IsPlanned(V1Node? node, ActionPlan plan) => node?.Metadata.Uid == plan.Preconditions["uid"];
}
