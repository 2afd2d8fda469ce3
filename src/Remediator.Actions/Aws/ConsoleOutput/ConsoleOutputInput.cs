namespace Remediator.Actions.Aws.ConsoleOutput;

public sealed record ConsoleOutputInput;
