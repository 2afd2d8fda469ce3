namespace Remediator.Actions.Hosts.RestartUnit;

public sealed record RestartUnitInput
{
    /// <summary>
    /// With its suffix, such as <c>nginx.service</c>; one of those that the policy lists for the host. Empty for that of the process that
    /// <c>host.descriptors</c> has looked at, or of the one that <c>host.disk</c> found to hold the most of deleted files.
    /// </summary>
    public string Unit { get; init; } = "";
}
