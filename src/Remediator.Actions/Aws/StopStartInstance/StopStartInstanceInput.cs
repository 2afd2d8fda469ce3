namespace Remediator.Actions.Aws.StopStartInstance;

public sealed record StopStartInstanceInput;
