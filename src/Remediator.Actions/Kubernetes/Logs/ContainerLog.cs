namespace Remediator.Actions.Kubernetes.Logs;

/// <param name="Run">Which run of the container wrote it.</param>
/// <param name="Text">Masked and bounded; a remark where nothing could be had.</param>
/// <param name="IsRemark">The text is ours, not the container's.</param>
internal sealed record ContainerLog(string Run, string Text, bool IsRemark)
{
    /// <summary>There may be a log, and it could not be read.</summary>
    public bool IsUnread { get; init; }

    public string[] LastLines(int count) =>
        IsRemark ? [] : [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(count)];
}
