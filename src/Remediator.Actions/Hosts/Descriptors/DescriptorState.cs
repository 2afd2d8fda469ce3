using System.Globalization;
using System.Text.RegularExpressions;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.Descriptors;

/// <summary>What <c>descriptors.sh</c> says of one process and of the machine.</summary>
internal sealed partial record DescriptorState
{
    private const string Established = "01";
    private const string CloseWait = "08";

    /// <summary>What grows for less time than this may be a burst.</summary>
    private static readonly TimeSpan LeastGrowthTime = TimeSpan.FromMinutes(1);

    /// <summary>Whose descriptors may be clients in another guise: a server of UDP, a proxy in other network namespaces.</summary>
    private static readonly string[] MaybeClients = ["udp", "unbound", "in", "accepted"];

    /// <summary>What systemd sets at boot is no limit (bump_file_max_and_nr_open in its main.c).</summary>
    private const long NoLimit = long.MaxValue / 2;

    public static HostScript Script { get; } = new("descriptors.sh", HostTrouble.Descriptors);

    public required long Pid { get; init; }
    public required string Name { get; init; }
    /// <summary>When it was started, in ticks since the machine was: with the number it is the process.</summary>
    public required string Started { get; init; }
    public required long Open { get; init; }
    public required long Limit { get; init; }
    /// <summary>To which the limit can be raised; <c>unlimited</c> or a number.</summary>
    public required string HardLimit { get; init; }
    /// <summary>The service of systemd that it belongs to; empty for a container, a session, or what is not to be told.</summary>
    public required string Unit { get; init; }
    /// <summary>The control groups of the process, as <c>/proc/PID/cgroup</c> has them.</summary>
    public required IReadOnlyList<string> Groups { get; init; }
    /// <summary>Of the service: another one for each start of it; empty where it has none.</summary>
    public required string Invocation { get; init; }
    public required long HostOpen { get; init; }
    /// <summary>Null where the machine has none.</summary>
    public required long? HostLimit { get; init; }
    /// <summary>Of the user of the process, over all processes of that user.</summary>
    public required long Inotify { get; init; }
    /// <summary>Which processes of that user have most of them: <c>120 of dockerd (4)</c>.</summary>
    public required IReadOnlyList<string> InotifyHolders { get; init; }
    public required long InotifyLimit { get; init; }
    /// <summary>How many it has of each kind; sockets with their state in hexadecimal, as in proc(5).</summary>
    public required IReadOnlyDictionary<string, long> Kinds { get; init; }
    /// <summary>What it has open most, the most first.</summary>
    public required IReadOnlyList<OpenRow> Rows { get; init; }
    /// <summary>The first count, the second, and the seconds between; null where it was counted once.</summary>
    public required (long First, long Second, long Seconds)? Counted { get; init; }
    /// <summary>Of the machine, in seconds.</summary>
    public required double Uptime { get; init; }
    public required IReadOnlyDictionary<string, string> Identity { get; init; }
    /// <summary>As <see cref="HostAnswer.Reached"/>.</summary>
    public required string Reached { get; init; }

    public double OwnPercent => 100.0 * Open / Limit;
    public double HostPercent => HostLimit is { } limit ? 100.0 * HostOpen / limit : 0;
    public double InotifyPercent => InotifyLimit == 0 ? 0 : 100.0 * Inotify / InotifyLimit;
    public double UsedPercent => Math.Max(OwnPercent, Math.Max(HostPercent, InotifyPercent));

    public bool HasRoom => UsedPercent < 80;

    /// <summary>Which limit is nearest: that of the process, of the host, or of the user's inotify instances.</summary>
    public string Short => UsedPercent == OwnPercent ? "process" : UsedPercent == HostPercent ? "host" : "inotify";

    /// <summary>By the boot and the run of its service: of several processes it is now one and now another that is nearest.</summary>
    public string Run => Unit.Length > 0 && Invocation.Length > 0
        ? $"{Identity["boot_id"]} {Unit} {Invocation}"
        : $"{Identity["boot_id"]} {Pid} {Started}";

    /// <summary>Connections that others have made to it, over TCP and to a path.</summary>
    private long Clients => Kinds.GetValueOrDefault($"in{Established}") + Kinds.GetValueOrDefault("accepted");

    /// <summary>Sockets that cannot be told from clients are taken for such.</summary>
    private bool HasFewClients => (Clients + Kinds.GetValueOrDefault("udp") + Kinds.GetValueOrDefault("unbound")) * 5 < Open;

    /// <summary>
    /// What nobody needs any more: the other side has closed it, its file has no name, or it is the one file that half of all is open to. A
    /// server that is overloaded keeps clients that gave up, and one that has many clients may keep a file for each.
    /// </summary>
    private long Forgotten => Kinds.GetValueOrDefault($"out{CloseWait}")
        + (Kinds.GetValueOrDefault($"in{CloseWait}") is var gone && Clients * 10 < gone ? gone : 0)
        + (HasFewClients ? Kinds.GetValueOrDefault("deleted") + OneFile : 0);

    /// <summary>Devices are open many times for good reasons.</summary>
    private long OneFile => Rows.Where(r => r.Kind == "file" && !r.To.StartsWith("/dev/", StringComparison.Ordinal))
        .Select(r => r.Count)
        .DefaultIfEmpty()
        .Max() is var most && most * 2 >= Open
        ? most
        : 0;

    /// <param name="growth">Null where it was seen once.</param>
    /// <param name="scale">What the settings make of one second.</param>
    /// <returns>leak, load or unclear.</returns>
    public string Trouble(DescriptorGrowth? growth, double scale) =>
        Short == "inotify" ? "unclear"
        : Forgotten * 2 >= Open ? "leak"
        : Clients * 2 >= Open ? "load"
        : growth is not null && HasFewClients && IsOfOne(growth, scale) ? "leak"
        : "unclear";

    /// <summary>It grew by a twentieth of its limit, and most of what it has is one and the same.</summary>
    private bool IsOfOne(DescriptorGrowth growth, double scale) => growth.Within >= LeastGrowthTime * scale && growth.More * 20 >= Limit
        && Rows.MaxBy(r => r.Count) is { } most && most.Count * 2 >= Open && !MaybeClients.Contains(most.Kind);

    /// <summary><c>1890 CLOSE_WAIT to 10.0.0.4:5432, 12 /var/log/app.log</c>.</summary>
    public string Histogram(int rows) => EvidenceText.OneLine(string.Join(", ", Rows.Take(rows).Select(r => r.Describe())), 900);

    /// <returns>Null where no process fits that may be seen.</returns>
    public static DescriptorState? Read(HostAnswer answer, string host)
    {
        if (answer.Has("none")) return null;
        if (answer.Of("process").FirstOrDefault() is not [var pid, var open, var soft, var hard, var name, ..] || Number(soft) == 0)
            throw new ActionFailedException(FailureKind.Transient, $"Host {host} does not say which process has what open.");
        var (user, most) = (answer.One("user"), answer.Of("host").FirstOrDefault() is [_, var limit] ? HostAnswer.Number(limit) : 0);
        return new()
        {
            Pid = Number(pid),
            Name = EvidenceText.OneLine(name, 100),
            Started = answer.One("started"),
            Open = Number(open),
            Limit = Number(soft),
            HardLimit = hard == "unlimited" ? hard : Text(Number(hard)),
            Unit = UnitIn(Lines(answer, "cgroup"), Lines(answer, "init")),
            Groups = [.. Lines(answer, "cgroup")],
            Invocation = answer.One("invocation"),
            HostOpen = Number(answer.One("host")),
            HostLimit = most is 0 or > NoLimit ? null : most,
            Inotify = answer.Of("inotify").Where(f => f is [var owner, _, ..] && owner == user).Sum(f => Number(f[1])),
            InotifyHolders =
            [
                .. answer.Of("inotify").Where(f => f is [var owner, _, _, _, ..] && owner == user)
                    .OrderByDescending(f => Number(f[1])).Take(5)
                    .Select(f => $"{Number(f[1])} of {EvidenceText.OneLine(f[3], 100)} ({Number(f[2])})"),
            ],
            InotifyLimit = Number(answer.One("inotify_limit")),
            Kinds = answer.Of("kind").Where(f => f.Count == 2).GroupBy(f => f[1]).ToDictionary(g => g.Key, g => g.Sum(f => Number(f[0]))),
            Rows = [.. answer.Of("open").Where(f => f.Count >= 2).Select(OpenRow.Read)],
            Counted = answer.Of("growth").FirstOrDefault() is [var first, var second, var seconds]
                ? (Number(first), Number(second), Number(seconds))
                : null,
            Uptime = HostAnswer.Seconds(answer.One("uptime")),
            Identity = Machines.IdentityIn(answer),
            Reached = answer.Reached,
        };
    }

    /// <summary>
    /// The path is that of a service of the host's own systemd, which is in init.scope: a container may have another one, with services of
    /// the same names. It has to end with the service: what is below one is a container or a part that others manage.
    /// </summary>
    /// <param name="init">Of the first process of the machine; where it is not systemd, nothing is a service.</param>
    internal static string UnitIn(IEnumerable<string> cgroups, IEnumerable<string> init)
    {
        var roots = init.Select(i => InitPath().Match(i)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToList();
        return cgroups
            .SelectMany(c => roots.Where(r => c.StartsWith(r, StringComparison.Ordinal)).Select(r => ServicePath().Match(c[r.Length..])))
            .Where(m => m.Success)
            .Select(m => HostAnswer.Short(m.Groups[1].Value))
            .FirstOrDefault("");
    }

    private static IEnumerable<string> Lines(HostAnswer answer, string word) => answer.Of(word).Select(f => string.Join('\t', f));

    private static long Number(string text) => HostAnswer.Count(text);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The hierarchy, and where in it systemd is.</summary>
    [GeneratedRegex(@"^((?:0::|\d+:name=systemd:)[^\n]*)/init\.scope\z", RegexOptions.NonBacktracking)]
    private static partial Regex InitPath();

    [GeneratedRegex(@"^/system\.slice/(?:system-[^/\n]+\.slice/)*([^/\n]+\.service)\z", RegexOptions.NonBacktracking)]
    private static partial Regex ServicePath();
}
