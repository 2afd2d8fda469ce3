namespace Remediator.Actions.Hosts.Descriptors;

public sealed record DescriptorsInput
{
    /// <summary>The name of the process, as in <c>/proc/PID/comm</c>; that which is nearest to its limit where it is empty.</summary>
    public string Process { get; init; } = "";

    /// <summary>The address that the process is scraped at, as <c>instance</c> has it: the process that listens on its port.</summary>
    public string ListensAt { get; init; } = "";
}
