using Remediator.Actions.Hosts.Reach;

namespace Remediator.Actions.Hosts.Reboot;

/// <summary>What <c>machine.sh</c> says of a machine.</summary>
internal sealed record MachineState
{
    public static HostScript Script { get; } = new("machine.sh");

    public required IReadOnlyDictionary<string, string> Identity { get; init; }
    /// <summary>In seconds, by the kernel's own clock, which no change of the time moves.</summary>
    public required double Uptime { get; init; }
    /// <summary>The words of systemctl(1): running, degraded, starting, stopping, maintenance, ...</summary>
    public required string System { get; init; }
    /// <summary>Somebody has asked for a shutdown at a later time: shutdown(8).</summary>
    public required bool IsScheduled { get; init; }
    /// <summary>People at its terminals: <c>ada on pts/0</c>.</summary>
    public required IReadOnlyList<string> People { get; init; }
    /// <summary>Programs that block a shutdown: systemd-inhibit(1), a line each.</summary>
    public required IReadOnlyList<string> Inhibitors { get; init; }
    /// <summary>The act that was asked about has told it to restart, or was about to.</summary>
    public required bool IsMarked { get; init; }
    /// <summary>The shell of that act has not ended.</summary>
    public required bool IsAtIt { get; init; }

    public string BootId => Identity["boot_id"];

    public bool IsStarting => System is "initializing" or "starting";

    public bool IsStopping => System is "stopping";

    public static MachineState Read(HostAnswer answer) => new()
    {
        Identity = Machines.IdentityIn(answer),
        Uptime = HostAnswer.Seconds(answer.One("uptime")),
        System = answer.One("system"),
        IsScheduled = answer.Has("scheduled"),
        People = [.. answer.Of("user").Select(f => HostAnswer.Short(string.Join(" on ", f.Take(2))))],
        Inhibitors = [.. answer.Firsts("inhibited")],
        IsMarked = answer.Has("marked"),
        IsAtIt = answer.Has("running"),
    };

    /// <summary>
    /// It has started again since. The boot id tells; where a machine has the same one each time (too little entropy: raspberrypi/linux
    /// #2476), the time that it is up does.
    /// </summary>
    public bool IsAnotherStart(string bootId, double uptime) => BootId != bootId || Uptime < uptime;
}
