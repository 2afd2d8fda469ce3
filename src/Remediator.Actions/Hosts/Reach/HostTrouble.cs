namespace Remediator.Actions.Hosts.Reach;

/// <summary>What a script is about: it decides which way to a host may still answer.</summary>
internal enum HostTrouble
{
    /// <summary>
    /// A session of SSH needs no byte on a disk, an exec none but of its runtime; Systems Manager cannot begin without one.
    /// </summary>
    Disk,

    Descriptors,

    /// <summary>A service, which may be the kubelet or the runtime: without them nothing can be run in a pod.</summary>
    Service,
}
