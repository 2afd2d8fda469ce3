namespace Remediator.Actions.Hosts.PodDescriptors;

public sealed record PodDescriptorsInput
{
    /// <summary>The container whose processes are meant; those of all containers where it is empty.</summary>
    public string Container { get; init; } = "";
}
