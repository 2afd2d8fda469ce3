using Remediator.Core.Commands;


namespace Remediator.Core.Pauses;

/// <summary>What people have paused, kept in the journal.</summary>
public interface IPauses
{
    /// <summary>Never fails: where it cannot be read, the reading says so.</summary>
    Task<PauseReading> ReadAsync();

    /// <param name="actor">Who; journalled.</param>
    /// <param name="until">Null to last until it is resumed.</param>
    Task<CommandResult> PauseAsync(
        PauseScope scope, string reason, string actor, DateTimeOffset? until, string traceId, CancellationToken cancellationToken);

    Task<CommandResult> ResumeAsync(PauseScope scope, string reason, string actor, string traceId, CancellationToken cancellationToken);
}
