using System.ComponentModel.DataAnnotations;

namespace Remediator.Actions.Kubernetes.Logs;

public sealed record LogsInput
{
    /// <summary>Also those of the run before the present one.</summary>
    public bool Previous { get; init; }

    /// <summary>Of each container, the last ones.</summary>
    [Range(1, 1000)]
    public int Lines { get; init; } = 200;

    public LogChoice Which { get; init; } = LogChoice.Crashing;
}

/// <summary>Containers whose logs are kept.</summary>
public enum LogChoice
{
    Crashing,
    Waiting,
    /// <summary>They ended with an error and are not started again.</summary>
    Failed,
    All,
}
