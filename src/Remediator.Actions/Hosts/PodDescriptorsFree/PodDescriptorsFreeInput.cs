using System.ComponentModel.DataAnnotations;

namespace Remediator.Actions.Hosts.PodDescriptorsFree;

public sealed record PodDescriptorsFreeInput
{
    /// <summary>The container whose processes are meant; those of all containers where it is empty.</summary>
    public string Container { get; init; } = "";

    [Range(1, 99)]
    public int UsedBelow { get; init; } = 70;
}
