namespace Remediator.Core.Commands;

/// <summary>What people may tell the engine.</summary>
public interface IOperatorCommands
{
    /// <summary>Releases the step that waits for a person.</summary>
    /// <param name="incidentId">Whole id.</param>
    /// <param name="actor">Who; journalled.</param>
    Task<CommandResult> ApproveAsync(string incidentId, string actor, string reason, string traceId, CancellationToken cancellationToken);

    /// <summary>Lets a problem be repaired again whose repairs were stopped because they did not last.</summary>
    /// <param name="incidentId">Whole id.</param>
    /// <param name="actor">Who; journalled.</param>
    Task<CommandResult> AllowRepairAsync(
        string incidentId, string actor, string reason, string traceId, CancellationToken cancellationToken);
}

/// <param name="Message">What was released, or why nothing was.</param>
public sealed record CommandResult(bool Done, string Message);

/// <summary>Sends a probe alert the whole way: inbox, pump, grain, commit.</summary>
public interface IHealthProbe
{
    /// <returns>Null when the probe came through; else what was missing.</returns>
    Task<string?> ProbeAsync(TimeSpan within, CancellationToken cancellationToken);
}
