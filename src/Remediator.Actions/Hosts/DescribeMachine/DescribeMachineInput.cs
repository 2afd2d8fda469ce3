namespace Remediator.Actions.Hosts.DescribeMachine;

public sealed record DescribeMachineInput;
