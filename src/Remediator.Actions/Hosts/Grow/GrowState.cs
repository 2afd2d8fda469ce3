using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Grow;

/// <summary>What the program that makes file systems larger says of one; sizes in bytes.</summary>
internal sealed record GrowState
{
    /// <summary>
    /// <c>ok</c>, or why it cannot be used; <c>unused</c> where the policy lets the file system not become larger, and <c>refused</c> where
    /// sudo does not let it run.
    /// </summary>
    public required string Helper { get; init; }

    /// <summary>Why the file system cannot become larger as it is; empty where nothing speaks against it.</summary>
    public required string Refusal { get; init; }

    public required string Disk { get; init; }

    public required long DiskBytes { get; init; }

    /// <summary>What keeps a larger disk from being of use; empty where nothing does.</summary>
    public required string Blocked { get; init; }

    /// <summary>
    /// Up to so many bytes a larger disk is of use, and who says so, as in "that the partition table (MBR) can describe"; the least, and
    /// null where nothing limits it.
    /// </summary>
    public required (long Bytes, string Who)? Limit { get; init; }

    /// <summary>Of an EBS volume on Nitro its id, from the serial number of its NVMe device; empty of anything else.</summary>
    public required string Volume { get; init; }

    /// <summary>The EC2 instance that the machine says it is (DMI asset tag, on Nitro); empty where it says nothing.</summary>
    public required string Instance { get; init; }

    public required long Size { get; init; }

    /// <summary>As large as the file system would be on all that is below it.</summary>
    public required long Target { get; init; }

    /// <summary>So many inodes more it has then.</summary>
    public required long Inodes { get; init; }

    /// <summary>What has to become larger, from below, with the size before and after; empty where it has all there is.</summary>
    public required IReadOnlyList<(string What, long Before, long After)> Steps { get; init; }

    public required IReadOnlyList<string> Done { get; init; }

    /// <summary>The step that did not work, with what the tool said.</summary>
    public required string Failed { get; init; }

    public long Room => Steps.Count > 0 ? Math.Max(0, Target - Size) : 0;

    public static GrowState Read(HostAnswer answer)
    {
        var helper = answer.One("grower");
        var refusal = answer.One("grow-refused");
        var failed = answer.Of("grow-failed").FirstOrDefault(f => f.Count == 2);
        var disk = answer.Of("grow-disk").FirstOrDefault(f => f.Count == 5) ?? ["", "0", "", "", ""];
        var size = answer.Of("grow-filesystem").FirstOrDefault(f => f.Count == 3) ?? ["", "0", "0"];
        return new()
        {
            Helper = helper.Length == 0 ? "unused"
                : helper == "ok" && refusal.Length == 0 && failed is null && !answer.Has("grow-done") ? "failed"
                : helper,
            Refusal = refusal,
            Disk = HostAnswer.Short(disk[0]),
            DiskBytes = HostAnswer.Bytes(disk[1], 1),
            Blocked = HostAnswer.Short(answer.One("grow-blocked")),
            Limit = answer.Of("grow-limit").Where(f => f.Count == 2)
                .Select(f => ((long, string)?)(HostAnswer.Bytes(f[0], 1), HostAnswer.Short(f[1]))).Min(),
            Volume = VolumeId(disk[2], disk[3]),
            Instance = disk[4] is ['i', '-', ..] ? HostAnswer.Short(disk[4]) : "",
            Size = HostAnswer.Bytes(size[1], 1),
            Target = HostAnswer.Bytes(size[2], 1),
            Inodes = HostAnswer.Count(answer.One("grow-inodes")),
            Steps = [.. answer.Of("grow-step").Where(f => f.Count == 3)
                .Select(f => (HostAnswer.Short(f[0]), HostAnswer.Bytes(f[1], 1), HostAnswer.Bytes(f[2], 1)))],
            Done = [.. answer.Firsts("grow-did")],
            Failed = failed is null ? "" : HostAnswer.Short($"{failed[0]}: {failed[1].Trim()}"),
        };
    }

    /// <summary>Why the file system does not become larger on what it is on; null where it can.</summary>
    public string? Doubt(ManagedHost host, string mountPoint) => Helper switch
    {
        "ok" => Refusal.Length > 0 ? $"{mountPoint} on host {host.Name} is not made larger: {Refusal}." : null,
        "unused" => $"The policy does not let {mountPoint} on host {host.Name} become larger; 'grow' of the host says which may.",
        "absent" => $"Host {host.Name} has no {GrowHelper.Path}; 'remediator permissions --for grower' prints it.",
        "other" => $"{GrowHelper.Path} on host {host.Name} is not that of this version, which 'remediator permissions --for grower' "
            + "prints.",
        "refused" => $"sudo on host {host.Name} does not let user {host.User} run {GrowHelper.Path} for {mountPoint} with the digest of "
            + "this version; 'remediator permissions --for hosts' prints what it has to allow.",
        _ => $"{GrowHelper.Path} on host {host.Name} gave no whole answer.",
    };

    /// <summary><c>vol0123456789abcdef0</c>, as EBS gives it to NVMe (EC2 User Guide, "Map EBS volumes to NVMe device names").</summary>
    private static string VolumeId(string serial, string model) =>
        model.Trim() == "Amazon Elastic Block Store" && serial.Trim() is ['v', 'o', 'l', ..] id
            ? HostAnswer.Short(id.StartsWith("vol-", StringComparison.Ordinal) ? id : $"vol-{id[3..]}")
            : "";
}
