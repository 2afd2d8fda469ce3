using System.Globalization;

namespace Remediator.Actions.Aws.AutoScaling;

/// <summary>One operation with its parameters, as the API reference of EC2 Auto Scaling (version 2011-01-01) names them.</summary>
internal abstract record AutoScalingRequest(string Action)
{
    /// <summary>In the query protocol: members of lists are numbered from 1.</summary>
    public abstract IEnumerable<(string Name, string Value)> Parameters { get; }

    protected static IEnumerable<(string Name, string Value)> Members(string list, IEnumerable<string> values) =>
        values.Select((value, i) => ($"{list}.member.{i + 1}", value));

    protected static (string Name, string Value) Flag(string name, bool value) => (name, value ? "true" : "false");
}

internal sealed record DescribeAutoScalingGroupsRequest(string AutoScalingGroupName, string? NextToken = null)
    : AutoScalingRequest("DescribeAutoScalingGroups")
{
    public override IEnumerable<(string Name, string Value)> Parameters =>
        [.. Members("AutoScalingGroupNames", [AutoScalingGroupName]), .. NextToken is null ? [] : new[] { (nameof(NextToken), NextToken) }];
}

/// <param name="InstanceIds">At most 50.</param>
internal sealed record DescribeAutoScalingInstancesRequest(IReadOnlyList<string> InstanceIds, string? NextToken = null)
    : AutoScalingRequest("DescribeAutoScalingInstances")
{
    public override IEnumerable<(string Name, string Value)> Parameters =>
        [.. Members("InstanceIds", InstanceIds), .. NextToken is null ? [] : new[] { (nameof(NextToken), NextToken) }];
}

internal sealed record DescribeScalingActivitiesRequest(string AutoScalingGroupName, string? NextToken = null)
    : AutoScalingRequest("DescribeScalingActivities")
{
    public override IEnumerable<(string Name, string Value)> Parameters =>
        [(nameof(AutoScalingGroupName), AutoScalingGroupName), .. NextToken is null ? [] : new[] { (nameof(NextToken), NextToken) }];
}

internal sealed record EnterStandbyRequest(string AutoScalingGroupName, string InstanceId, bool ShouldDecrementDesiredCapacity)
    : AutoScalingRequest("EnterStandby")
{
    public override IEnumerable<(string Name, string Value)> Parameters =>
    [
        (nameof(AutoScalingGroupName), AutoScalingGroupName), .. Members("InstanceIds", [InstanceId]),
        Flag(nameof(ShouldDecrementDesiredCapacity), ShouldDecrementDesiredCapacity),
    ];
}

/// <summary>Only ever to raise it: what is too much, the group would choose by itself.</summary>
internal sealed record SetDesiredCapacityRequest(string AutoScalingGroupName, int DesiredCapacity)
    : AutoScalingRequest("SetDesiredCapacity")
{
    public override IEnumerable<(string Name, string Value)> Parameters =>
    [
        (nameof(AutoScalingGroupName), AutoScalingGroupName),
        (nameof(DesiredCapacity), DesiredCapacity.ToString(CultureInfo.InvariantCulture)), Flag("HonorCooldown", false),
    ];
}

internal sealed record TerminateInstanceInAutoScalingGroupRequest(string InstanceId, bool ShouldDecrementDesiredCapacity)
    : AutoScalingRequest("TerminateInstanceInAutoScalingGroup")
{
    public override IEnumerable<(string Name, string Value)> Parameters =>
        [(nameof(InstanceId), InstanceId), Flag(nameof(ShouldDecrementDesiredCapacity), ShouldDecrementDesiredCapacity)];
}

internal sealed record ExitStandbyRequest(string AutoScalingGroupName, string InstanceId) : AutoScalingRequest("ExitStandby")
{
    public override IEnumerable<(string Name, string Value)> Parameters =>
        [(nameof(AutoScalingGroupName), AutoScalingGroupName), .. Members("InstanceIds", [InstanceId])];
}
