namespace Remediator.Actions.Kubernetes.RolloutUndo;

public sealed record RolloutUndoInput;
