namespace Remediator.Actions.Hosts.Reboot;

public sealed record RebootInput
{
    /// <summary>How long the machine may take until its new start is done; then people are called.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(20);
}
