using System.ComponentModel.DataAnnotations;

namespace Remediator.Actions.Hosts.SpaceFree;

public sealed record SpaceFreeInput
{
    /// <summary>Of bytes, as the alerts count them.</summary>
    [Range(1, 99)]
    public int UsedBelow { get; init; } = 90;

    [Range(1, 99)]
    public int InodesUsedBelow { get; init; } = 95;
}
