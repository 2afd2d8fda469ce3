using System.Globalization;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Aws.Instances;

/// <summary>
/// Looks at the instance that a node is. Where there is none, or cluster and EC2 do not mean the same machine, it says why, and all else is
/// empty: no step that names a state is taken then.
/// </summary>
internal sealed class InstanceLook(InstanceReader instances) : ILook
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "aws.instance",
        Class = ActionClass.Read,
        Input = typeof(InstanceInput),
        Summary = "Looks at the EC2 instance that a node is: its state, status checks, scheduled events, and its Auto Scaling group.",
        Kinds = NodeReader.Kinds,
        Deadline = TimeSpan.FromSeconds(45),
        Permissions = [.. InstancePermissions.Read, new AwsPermission("ec2:DescribeInstanceTypes")],
    };

    public string Provider => FactSchema.Aws;

    public IReadOnlyList<string> Gives => ["instance"];

    public async Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        InstanceSight sight;
        try
        {
            sight = await instances.ReadAsync(request, cancellationToken);
        }
        catch (ActionFailedException e)
        {
            // a node without AWS has other steps; those that need the instance see no state, and are not taken
            sight = new(null, e.Message);
        }

        var labels = sight.Found is { } found ? Of(found) : [];
        labels["node"] = request.Resource.Name;
        if (sight.Found is { BadHardware: not null } bad)
            labels["move"] = await MayMoveAsync(bad, request, cancellationToken) ? "helps" : "never";
        labels["agrees"] = sight.Found is null ? "false" : "true";
        labels["why_not"] = EvidenceText.OneLine(sight.Doubt, 900);
        return [new("instance", labels, DateTimeOffset.UnixEpoch)];
    }

    private async Task<bool> MayMoveAsync(NodeInstance bad, ActionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await MoveDoubt.OfAsync(bad, instances, request, cancellationToken) is null;
        }
        catch (ActionFailedException)
        {
            // what is not known to be kept may be lost
            return false;
        }
    }

    private static Dictionary<string, string> Of(NodeInstance found)
    {
        var labels = new Dictionary<string, string>
        {
            ["instance_id"] = found.InstanceId,
            ["state"] = found.State,
            ["state_reason"] = found.Instance.StateReason?.Code ?? "",
            ["zone"] = found.Instance.Placement?.AvailabilityZone ?? "",
            ["instance_type"] = found.Instance.InstanceType?.Value ?? "",
            ["spot"] = Text(found.IsSpot),
            ["event"] = found.IsInterrupted ? found.SpotStatus : found.Events.Select(e => e.Code?.Value ?? "").FirstOrDefault(""),
            ["checks"] = found.BadChecks is null ? "ok" : "bad",
        };
        foreach (var (name, value) in found.Checks)
            labels[$"{name}_check"] = value;
        if (found.Member is not { } member)
            return labels;

        labels["group"] = member.AutoScalingGroupName;
        labels["lifecycle"] = member.LifecycleState;
        labels["replace"] = found.Policy?.MayReplace == true ? "allowed" : "never";
        labels["replaced_when_unhealthy"] = Text(found.IsReplacedWhenUnhealthy);
        if (found.Group is { } group)
        {
            labels["group_min"] = Text(group.MinSize);
            labels["group_max"] = Text(group.MaxSize);
            labels["group_desired"] = Text(group.DesiredCapacity);
            labels["suspended"] = string.Join(',', group.SuspendedProcesses.Order(StringComparer.Ordinal));
        }

        return labels;
    }

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
