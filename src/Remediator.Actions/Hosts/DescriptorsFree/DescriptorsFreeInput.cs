using System.ComponentModel.DataAnnotations;

namespace Remediator.Actions.Hosts.DescriptorsFree;

public sealed record DescriptorsFreeInput
{
    /// <summary>The name of the process, as in <c>/proc/PID/comm</c>; that which is nearest to its limit where it is empty.</summary>
    public string Process { get; init; } = "";

    /// <summary>The address that the process is scraped at, as <c>instance</c> has it: the process that listens on its port.</summary>
    public string ListensAt { get; init; } = "";

    [Range(1, 99)]
    public int UsedBelow { get; init; } = 70;
}
