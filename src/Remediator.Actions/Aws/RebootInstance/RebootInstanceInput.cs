namespace Remediator.Actions.Aws.RebootInstance;

public sealed record RebootInstanceInput;
