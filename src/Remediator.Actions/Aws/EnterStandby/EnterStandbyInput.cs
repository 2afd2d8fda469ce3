namespace Remediator.Actions.Aws.EnterStandby;

public sealed record EnterStandbyInput
{
    public StandbyCapacity Capacity { get; init; } = StandbyCapacity.Lower;
}

/// <summary>What becomes of the number of instances that the group wants.</summary>
public enum StandbyCapacity
{
    /// <summary>One less meanwhile, for an instance that is to come back.</summary>
    Lower,
    /// <summary>The same, so that the group launches another one: for an instance that is to be replaced.</summary>
    Keep,
}
