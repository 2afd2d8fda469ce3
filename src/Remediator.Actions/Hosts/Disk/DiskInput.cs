namespace Remediator.Actions.Hosts.Disk;

public sealed record DiskInput;
