namespace Remediator.Actions.Aws.Instances;

public sealed record InstanceInput;
