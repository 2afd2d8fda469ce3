using System.ComponentModel.DataAnnotations;

namespace Remediator.Actions.Kubernetes.DeleteFailedPods;

public sealed record DeleteFailedPodsInput
{
    /// <summary>How many stay as a record, the newest.</summary>
    [Range(0, 100)]
    public int Keep { get; init; } = 5;
}
