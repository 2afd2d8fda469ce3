namespace Remediator.Actions.Hosts.Service;

public sealed record ServiceInput
{
    /// <summary>With its suffix, such as <c>kubelet.service</c>.</summary>
    public string Unit { get; init; } = "";
}
