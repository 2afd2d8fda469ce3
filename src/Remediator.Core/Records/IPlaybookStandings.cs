using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Records;

/// <summary>Where playbooks stand because of what they did, and what people say to that.</summary>
public interface IPlaybookStandings
{
    /// <summary>Null until they have been read.</summary>
    Standings? Current { get; }

    /// <summary>What playbooks did; null where nothing here depends on it, or until it was counted.</summary>
    RecordBook? Records { get; }

    /// <summary>Raises a playbook that was lowered, or lowers one.</summary>
    /// <param name="actor">Who; journalled.</param>
    Task<CommandResult> PromoteAsync(
        string playbook, Mode to, string actor, string reason, string traceId, CancellationToken cancellationToken);

    /// <summary>Counts in the record of its playbook, and against it.</summary>
    Task<CommandResult> JudgeAsync(RepairJudged judged, string actor, string traceId, CancellationToken cancellationToken);
}
