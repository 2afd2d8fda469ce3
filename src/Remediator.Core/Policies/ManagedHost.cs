namespace Remediator.Core.Policies;

/// <summary>
/// A machine that may be logged in to, and what may be done there: an entry of <c>hosts</c> in the policy. What is not listed is not
/// touched.
/// </summary>
public sealed record ManagedHost
{
    /// <summary>That of an entry that says nothing else, in bytes.</summary>
    public const long UsualJournal = 200L << 20;

    /// <summary>As alerts, rules and people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Where its SSH server is reached: an address or a DNS name. Alerts may name it by that, too.</summary>
    public required string Address { get; init; }

    public int Port { get; init; } = 22;

    /// <summary>The node of the cluster that it is; empty for a machine of no cluster.</summary>
    public string Node { get; init; } = "";

    public string Zone { get; init; } = "";

    /// <summary>Who logs in: root, or a user whom sudoers allows what <c>remediator permissions --for hosts</c> prints.</summary>
    public required string User { get; init; }

    /// <summary>The file with the private key, without a passphrase; read for each login. Empty without <see cref="HasSsh"/>.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The only keys that its SSH server may have; none where it is not reached over SSH.</summary>
    public required IReadOnlyList<HostKey> HostKeys { get; init; }

    public bool HasSsh => HostKeys.Count > 0;

    /// <summary>
    /// The namespace of a DaemonSet whose pod on <see cref="Node"/> enters the machine, as <c>deploy/kubernetes/agent</c> has it; empty for
    /// none.
    /// </summary>
    public string Agent { get; init; } = "";

    /// <summary>The EC2 instance (or managed node, <c>mi-...</c>) of AWS Systems Manager that it is; empty for none.</summary>
    public string Instance { get; init; } = "";

    /// <summary>The entry of the host that is logged in to first; null where it is reached directly.</summary>
    public string? Through { get; init; }

    /// <summary>Services of systemd that may be restarted, with their suffix: <c>nginx.service</c>.</summary>
    public IReadOnlyList<string> Units { get; init; } = [];

    /// <summary>It may be restarted as a whole.</summary>
    public bool MayReboot { get; init; }

    /// <summary>The size to which its journal is vacuumed, in bytes.</summary>
    public long KeepsJournal { get; init; } = UsualJournal;

    /// <summary>
    /// Logs whose files may be deleted once they were put aside, and truncated if they are deleted and still open: absolute paths, of
    /// which the last part may have wildcards.
    /// </summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>Files that were put aside from these logs stay for so long after they were last written.</summary>
    public TimeSpan KeepsLogs { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Folders whose old files may be deleted, with all folders below them.</summary>
    public IReadOnlyList<string> Temp { get; init; } = [];

    /// <summary>A file there stays for so long after it was last read, written, renamed or given other rights.</summary>
    public TimeSpan KeepsTemp { get; init; } = TimeSpan.FromDays(10);

    /// <summary>Container images that nothing uses may be deleted, and what dead containers have left; only of a node.</summary>
    public bool MayDeleteImages { get; init; }

    /// <summary>File systems that may become larger.</summary>
    public IReadOnlyList<GrowingFileSystem> Grows { get; init; } = [];

    public bool MayDelete => Logs.Count + Temp.Count > 0;

    /// <returns>Null where the file system may not become larger.</returns>
    public GrowingFileSystem? Grow(string mountPoint) => Grows.FirstOrDefault(g => g.MountPoint == mountPoint);
}

/// <summary>A file system of a host that may become larger, with what it is on.</summary>
/// <param name="UpTo">Neither it nor its volume becomes larger than that, in bytes.</param>
/// <param name="Volume">The EBS volume that it is on; empty where the disk says that itself, as on Nitro.</param>
public sealed record GrowingFileSystem(string MountPoint, long UpTo, string Volume = "");

/// <summary>A public key as <c>known_hosts</c> writes it.</summary>
/// <param name="Type"><c>ssh-ed25519</c>, <c>ecdsa-sha2-nistp256</c>, <c>ssh-rsa</c>, ...</param>
/// <param name="Base64">The key itself, its type within.</param>
public sealed record HostKey(string Type, string Base64);
