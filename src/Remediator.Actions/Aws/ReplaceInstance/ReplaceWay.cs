using Remediator.Actions.Aws.Instances;

namespace Remediator.Actions.Aws.ReplaceInstance;

/// <summary>How the group of an instance comes to another one in its place.</summary>
/// <param name="Asks">What is asked of AWS first, as <see cref="ReplaceMark"/> has it.</param>
/// <param name="Before">The instances that the group had before it was asked for another one.</param>
/// <param name="Doubt">Why there is no way; null where there is one.</param>
internal sealed record ReplaceWay(string Asks, string Words, IReadOnlyList<string> Before, string? Doubt = null)
{
    public static ReplaceWay Of(NodeInstance found)
    {
        if (found.Group is not { } group || found.Member is not { } member)
            return None($"instance {found.InstanceId} belongs to no Auto Scaling group");
        var (name, isFull) = (group.AutoScalingGroupName, group.DesiredCapacity >= group.MaxSize);
        // one that came to nothing, after which the instance was brought back
        var isOver = member.LifecycleState is "InService" && ReplaceMark.On(found.Node).Asked is not ReplaceMark.End;
        if (ReplaceMark.On(found.Node) is { ActionId.Length: > 0 } mark && !isOver)
            return None($"the action {mark.ActionId} has asked for a replacement already");
        if (member.LifecycleState is "InService")
            return !isFull
                ? None("its instance has to be in Standby first, so that its Auto Scaling group does not end another one to balance its "
                    + "zones (aws.enter-standby)")
                : group.Instances.Count(i => i.LifecycleState == "InService") < 2
                ? None($"its Auto Scaling group {name} wants its maximum of {group.MaxSize} and has no other instance in service")
                : new(
                    ReplaceMark.End,
                    $"end it at once, since the group wants its maximum of {group.MaxSize} and launches no other before that", []);
        return StandbyMark.On(found.Node).Length == 0
            ? None($"somebody has put instance {found.InstanceId} in Standby")
            : StandbyMark.MembersBefore(found.Node) is { } before
            ? new(ReplaceMark.Nothing, "end it once the one that the group launches for it runs well", before)
            : isFull ? None($"its Auto Scaling group {name} wants its maximum of {group.MaxSize} already, without it")
            : new(
                ReplaceMark.Capacity, "have the group launch another one, and end it once that runs well", [.. group.InstanceIds]);
    }

    private static ReplaceWay None(string doubt) => new("", "", [], doubt);
}
