using Amazon.EC2;
using Amazon.EC2.Model;
using k8s.Models;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Aws.Instances;

/// <summary>From a node to its instance, read anew in both places.</summary>
internal sealed class InstanceReader(ClusterApi cluster, AwsApi aws, Func<IReadOnlyList<ManagedGroup>> groups)
{
    /// <exception cref="ActionFailedException">The cluster or AWS could not be read.</exception>
    public async Task<InstanceSight> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var node = await cluster.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken);
        if (node is null)
            return new(null, $"{request.Resource.Display} does not exist");
        if (ProviderId.Parse(node.Spec?.ProviderID) is not { } id)
            return new(node, node.Spec?.ProviderID is { Length: > 0 } other
                ? $"its provider id is '{other}', which is no EC2 instance's"
                : "it has no provider id, so that nothing says which instance it is");
        if (aws.NotConfigured is { } missing)
            return new(node, missing);

        return await ReadAsync(node, id, request, cancellationToken);
    }

    /// <summary>Of any node of the cluster.</summary>
    public async Task<InstanceSight> ReadAsync(
        V1Node node, ProviderId id, ActionRequest request, CancellationToken cancellationToken)
    {
        var instance = await InstanceAsync(id.InstanceId, request, cancellationToken);
        if (Agreement.Doubt(node, id, instance, aws.ClusterName(request.Resource.Cluster)) is { } doubt)
            return new(node, doubt);
        var member = await ReadAsync(id.InstanceId, request, "group", (c, ct) => c.DescribeAutoScalingInstanceAsync(id.InstanceId, ct),
            cancellationToken);
        return new(node, null)
        {
            Found = new()
            {
                Node = node,
                Instance = instance!,
                Status = await StatusAsync(id.InstanceId, request, cancellationToken),
                Namesake = Agreement.IsGone(instance!) ? await NamesakeAsync(node, request, cancellationToken) : "",
                SpotStatus = instance!.InstanceLifecycle?.Value == NodeInstance.Spot
                    ? await SpotStatusAsync(id.InstanceId, request, cancellationToken)
                    : "",
                Member = member,
                Policy = groups().FirstOrDefault(g => g.Name == member?.AutoScalingGroupName),
                Group = member is null ? null : await ReadAsync(
                    id.InstanceId, request, "group", (c, ct) => c.DescribeAutoScalingGroupAsync(member.AutoScalingGroupName, ct),
                    cancellationToken),
            },
        };
    }

    /// <summary>What tells the machine from another of its name; the start that it is on may change.</summary>
    /// <returns>Null where there is no such node any more.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(ActionRequest request, CancellationToken cancellationToken) =>
        await cluster.FindNodeAsync(request.Resource, request.NotAfter, cancellationToken) is { } node
            ? new Dictionary<string, string>
            {
                ["uid"] = node.Metadata.Uid,
                ["instance_id"] = ProviderId.Parse(node.Spec?.ProviderID)?.InstanceId ?? "unknown",
            }
            : null;

    /// <summary>What its group does now, by itself or because it was asked to.</summary>
    public Task<IReadOnlyList<Activity>> ActivitiesAsync(string group, ActionRequest request, CancellationToken cancellationToken) =>
        aws.ReadAsync(
            $"read the activities of Auto Scaling group {group}", request.NotAfter,
            (c, ct) => c.AutoScaling.DescribeScalingActivitiesAsync(group, ct), cancellationToken);

    /// <returns>Whether the type has storage that is lost when the instance stops or ends.</returns>
    public async Task<bool> HasInstanceStoreAsync(NodeInstance found, ActionRequest request, CancellationToken cancellationToken)
    {
        var type = found.Instance.InstanceType;
        var types = await aws.ReadPagesAsync(
            $"read instance type {type}", request.NotAfter,
            (c, next, ct) => c.Ec2.DescribeInstanceTypesAsync(new() { InstanceTypes = [type], NextToken = next }, ct),
            page => (page.InstanceTypes, page.NextToken), cancellationToken);
        return types.FirstOrDefault(t => t.InstanceType == type) is not { } known
            ? throw new ActionFailedException(FailureKind.Transient, $"EC2 says nothing about instance type {type}.")
            : known.InstanceStorageSupported == true;
    }

    private Task<T> ReadAsync<T>(
        string instanceId, ActionRequest request, string what, Func<AutoScalingClient, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken) =>
        aws.ReadAsync(
            $"read the Auto Scaling {what} of instance {instanceId}", request.NotAfter, (c, ct) => call(c.AutoScaling, ct),
            cancellationToken);

    /// <returns>Null where EC2 knows none by that id: it forgets those that are terminated after a while.</returns>
    public async Task<Instance?> InstanceAsync(string id, ActionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return (await aws.InstancesAsync($"read instance {id}", request.NotAfter, new() { InstanceIds = [id] }, cancellationToken))
                .FirstOrDefault(i => i.InstanceId == id);
        }
        catch (ActionFailedException e) when (e.InnerException is AmazonEC2Exception { ErrorCode: "InvalidInstanceID.NotFound" })
        {
            return null;
        }
    }

    /// <summary>Addresses, and the names that are made of them, are used again.</summary>
    /// <returns>The instance that has an address of the node; empty where none has.</returns>
    private async Task<string> NamesakeAsync(V1Node node, ActionRequest request, CancellationToken cancellationToken)
    {
        var addresses = (node.Status?.Addresses ?? []).Where(a => a.Type == "InternalIP").Select(a => a.Address).ToList();
        if (addresses.Count == 0)
            return "";
        var found = await aws.InstancesAsync(
            $"read which instance has the address of {request.Resource.Display}", request.NotAfter,
            new() { Filters = [new("private-ip-address", addresses), new("instance-state-name", ["running"])] }, cancellationToken);
        return found is [var namesake, ..] ? namesake.InstanceId : "";
    }

    /// <returns>The code of its spot request; empty where EC2 has none for it.</returns>
    private async Task<string> SpotStatusAsync(string id, ActionRequest request, CancellationToken cancellationToken)
    {
        var found = await aws.ReadPagesAsync(
            $"read the spot request of instance {id}", request.NotAfter,
            // a filter, because of a request that is over for long EC2 knows nothing any more
            (c, next, ct) => c.Ec2.DescribeSpotInstanceRequestsAsync(new() { Filters = [new("instance-id", [id])], NextToken = next }, ct),
            page => (page.SpotInstanceRequests, page.NextToken), cancellationToken);
        return found.FirstOrDefault(r => r.InstanceId == id)?.Status?.Code ?? "";
    }

    private async Task<InstanceStatus?> StatusAsync(string id, ActionRequest request, CancellationToken cancellationToken)
    {
        var found = await aws.ReadPagesAsync(
            $"read the status checks of instance {id}", request.NotAfter,
            (c, next, ct) => c.Ec2.DescribeInstanceStatusAsync(
                new() { InstanceIds = [id], IncludeAllInstances = true, NextToken = next }, ct),
            page => (page.InstanceStatuses, page.NextToken), cancellationToken);
        return found.FirstOrDefault(s => s.InstanceId == id);
    }
}

/// <param name="Doubt">Why nothing is known of its instance; null where it was found.</param>
internal sealed record InstanceSight(V1Node? Node, string? Doubt)
{
    public NodeInstance? Found { get; init; }
}
