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

    /// <summary>
    /// What tells the planned target from another of its name, as it is now: <c>uid</c>, <c>instance_id</c>, <c>boot_id</c>. Each is a
    /// precondition of the plan under the same name. Whoever runs the action compares them before it begins, at each look and before it is
    /// taken back.
    /// </summary>
    /// <returns>Null where the target is gone: what that means, the action says itself.</returns>
    /// <exception cref="ActionFailedException">The target could not be read.</exception>
    Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken);

    /// <summary>After a crash: did the planned change happen under this action id?</summary>
    Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken);
}

/// <summary>A change that can be taken back.</summary>
public interface IUndoableAction : IChangeAction
{
    Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken);
}

/// <summary>
/// A change that may go on after the call that began it, and after the process: then <see cref="IChangeAction.ApplyAsync"/>,
/// <see cref="IChangeAction.ProbeAsync"/> or <see cref="IUndoableAction.UndoAsync"/> say by <see cref="Began"/> what to ask for it with.
/// People who stop changes meanwhile do not stop it: it has to be finished, unless it is an <see cref="ICancellableAction"/>.
/// </summary>
public interface IWatchedAction : IChangeAction
{
    /// <summary>How the act goes on that has this handle, from the live state alone. Changes nothing; asked by any replica.</summary>
    /// <exception cref="ActionFailedException">
    /// The target could not be read; it is looked at again until the act's time is over.
    /// </exception>
    Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken);
}

/// <summary>An act in progress that is ended early when people stop changes, or when its time is over.</summary>
public interface ICancellableAction : IWatchedAction
{
    /// <summary>
    /// Ends it and leaves a state that people can work with. Asked again after a crash, so twice must be as good as once; one that has
    /// ended meanwhile is left as it is.
    /// </summary>
    Task<ActionOutcome> CancelAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken);
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
