namespace Remediator.Actions.Aws.OutOfService;

public sealed record OutOfServiceInput;
