namespace Remediator.Core.Actions;

/// <summary>One thing that the engine can do; an entry of the registry that playbooks name with <c>use</c>.</summary>
public interface IAction
{
    ActionDescriptor Descriptor { get; }
}

/// <summary>Collects evidence; never changes anything.</summary>
public interface IReadAction : IAction
{
    /// <exception cref="ActionFailedException">The target could not be read.</exception>
    Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken);
}

/// <summary>Changes something, with preconditions at the target, so that applying one action id twice has one effect.</summary>
public interface IChangeAction : IAction
{
    /// <summary>Reads the live state and says exactly what would change, or why nothing should. Changes nothing.</summary>
    Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken);

    /// <summary>Does what was planned; waits and retries within <see cref="ActionRequest.NotAfter"/> only.</summary>
    /// <exception cref="ActionFailedException">With <see cref="FailureKind.Unknown"/> when a write may have happened.</exception>
    Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken);

    /// <summary>After a crash: did the planned change happen under this action id?</summary>
    Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken);
}

/// <summary>A change that can be taken back.</summary>
public interface IUndoableAction : IChangeAction
{
    Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken);
}

/// <summary>Looks whether a repair holds; asked again and again by the runner for the step's <c>stable</c> time.</summary>
public interface IVerifyAction : IAction
{
    Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken);
}

/// <summary>Tells people. Posting the same notification again must be harmless.</summary>
public interface INotifyAction : IAction
{
    /// <summary>False where the user has not configured this way of telling people.</summary>
    bool IsConfigured { get; }

    Task NotifyAsync(Notification notification, CancellationToken cancellationToken);
}
