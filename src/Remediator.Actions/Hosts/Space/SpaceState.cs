using System.Globalization;
using System.Text;
using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Space;

/// <summary>What the program that frees space says of one file system.</summary>
internal sealed record SpaceState
{
    /// <summary><c>ok</c>, or why it cannot be used; <c>unused</c> where the policy lets nothing be deleted on the host.</summary>
    public required string Helper { get; init; }
    /// <summary>What it says itself where it refuses.</summary>
    public required string Why { get; init; }
    public required IReadOnlyList<MayGo> May { get; init; }
    public required IReadOnlyList<AllOf> All { get; init; }
    public required IReadOnlyList<LeftAlone> Left { get; init; }
    public required IReadOnlyList<StillOpen> Open { get; init; }
    /// <summary>The largest folders with all that is below them on this file system: bytes, entries, path.</summary>
    public required IReadOnlyList<(long Bytes, long Entries, string Path)> Folders { get; init; }
    public required IReadOnlyList<(long Entries, string Path)> Many { get; init; }
    public required IReadOnlyList<(long Bytes, string Path)> Files { get; init; }
    /// <summary>Bytes that the file system takes for itself first, of whatever is freed.</summary>
    public required long Reserve { get; init; }
    /// <summary>It did not see all of the file system: it takes only so long.</summary>
    public required bool IsBounded { get; init; }
    /// <summary>Why no file can be made there; empty where one can, or nobody knows. Free bytes and inodes do not say it.</summary>
    public required string MakesNone { get; init; }
    /// <summary><c>true</c>, <c>false</c>, or empty where nobody knows.</summary>
    public required string Makes { get; init; }
    /// <summary>Users that have nearly all of their inotify watches, and are told that there is no space left when they add one.</summary>
    public required IReadOnlyList<Watcher> Watchers { get; init; }
    /// <summary>Kinds of which it did not see all that is there: it takes only so long for each.</summary>
    public required IReadOnlyList<string> Cut { get; init; }
    /// <summary>How many of each kind will go once they are older.</summary>
    public required IReadOnlyDictionary<string, long> TooNew { get; init; }

    private static readonly string[] Walked = ["log", "temp"];
    private static readonly TimeSpan ClockMayBeAhead = TimeSpan.FromMinutes(10);

    public static SpaceState Read(HostAnswer answer, ManagedHost host)
    {
        var helper = answer.One("helper");
        var refused = HostAnswer.Short(Unquoted(answer.Of("refused").Where(f => f.Count > 0).Select(f => f[0]).FirstOrDefault("")));
        if (helper.Length == 0)
            helper = "unused";
        else if (helper == "ok" && answer.Has("busy"))
            helper = "busy";
        else if (helper == "ok" && (refused.Length > 0 || !answer.Has("done")))
            helper = "failed";
        else if (helper == "ok" && answer.One("conf") != SpaceHelper.ListDigestOf(host))
            helper = "list";
        IEnumerable<IReadOnlyList<string>> Lines(string word, int fields) => answer.Of(word).Where(f => f.Count == fields);
        return new()
        {
            Helper = helper,
            Why = helper == "busy" ? HostAnswer.Short(Unquoted(answer.One("busy"))) : refused,
            May = [.. Lines("may", 3).Where(_ => helper == "ok").Select(f => new MayGo(f[0], Number(f[1]), f[2]))],
            All = [.. Lines("all", 4).Where(_ => helper == "ok").Select(f => new AllOf(f[0], Number(f[1]), Number(f[2]), f[3]))],
            Left = [.. Lines("left", 3).Select(f => new LeftAlone(Unquoted(f[1]), Unquoted(f[2])))],
            Open = [.. Lines("deleted-open", 6)
                .Select(f => new StillOpen(Number(f[0]), f[1], Unquoted(f[2]), Unquoted(f[3]), Unquoted(f[4]), Unquoted(f[5])))],
            Folders = [.. Lines("folder", 3).Select(f => (Number(f[0]), Number(f[1]), Unquoted(f[2])))],
            Many = [.. Lines("many", 2).Select(f => (Number(f[0]), Unquoted(f[1])))],
            Files = [.. Lines("file", 2).Select(f => (Number(f[0]), Unquoted(f[1])))],
            Reserve = Number(answer.One("reserve") is { Length: > 0 } reserve ? reserve : "0"),
            IsBounded = answer.Has("bounded"),
            MakesNone = Unquoted(answer.One("makes")) is var makes && makes == "yes" ? "" : HostAnswer.Short(makes),
            Makes = !answer.Has("makes") ? "" : answer.One("makes") == "yes" ? "true" : "false",
            Watchers =
            [
                .. Lines("watches", 6).Select(f => f.Select(HostAnswer.Short).ToList())
                    .Select(f => new Watcher(f[0], Number(f[1]), Number(f[2]), f[3], HostAnswer.Short(Unquoted(f[4])), Number(f[5]))),
            ],
            Cut = [.. Lines("cut", 1).Select(f => HostAnswer.Short(f[0])).Distinct()],
            TooNew = Lines("new", 2).DistinctBy(f => f[0]).ToDictionary(f => f[0], f => Number(f[1])),
        };
    }

    /// <summary>None was seen of this kind, and not all was: whether there are any is not known.</summary>
    public bool IsUnknown(string kind) => Cut.Contains(kind) && All.All(a => a.Kind != kind || a.Files == 0);

    public IReadOnlyList<string> Unknown => [.. Walked.Where(IsUnknown)];

    /// <exception cref="ActionFailedException">
    /// <see cref="FailureKind.Transient"/> where another one looks or frees there just now: nothing was looked at or done.
    /// </exception>
    public void ThrowIfBusy(ManagedHost host)
    {
        if (Helper == "busy")
            throw new ActionFailedException(FailureKind.Transient, Doubt(host)!);
    }

    /// <summary>Why nothing can be deleted on a host; null where it can.</summary>
    public string? Doubt(ManagedHost host) => Helper switch
    {
        "ok" => null,
        "unused" => $"The policy lets no files be deleted on host {host.Name}; 'logs' and 'temp' of the host say which.",
        "absent" => $"Host {host.Name} has no {SpaceHelper.Path}; 'remediator permissions --for helper' prints it.",
        "other" => $"{SpaceHelper.Path} on host {host.Name} is not that of this version, which 'remediator permissions --for helper' "
            + "prints.",
        "refused" => $"sudo on host {host.Name} does not let user {host.User} run {SpaceHelper.Path} with the digest of this version; "
            + "'remediator permissions --for hosts' prints what it has to allow.",
        "list" => $"{SpaceHelper.ListPath} on host {host.Name} is not what the policy says; 'remediator permissions --for hosts' prints "
            + "what is.",
        "busy" => $"What may go on host {host.Name} has to be asked again: {Why}.",
        _ => $"{SpaceHelper.Path} on host {host.Name} refuses: {(Why.Length > 0 ? Why : "it gave no whole answer")}",
    };

    /// <summary>Why it is not known what is old on a host; null where it is.</summary>
    /// <param name="now">By the clock of the engine, or a little later.</param>
    public string? DoubtOfClock(ManagedHost host, DateTimeOffset now) =>
        All.FirstOrDefault(a => a.Seen > now + ClockMayBeAhead) is { } late
            ? $"The clock of host {host.Name} is ahead ({late.Seen:u}), so what is old there is not known; set it right first."
            : null;

    /// <summary>The unit with the most bytes in files that are deleted that only its end gives back; null for none.</summary>
    public (string Unit, long Bytes)? WorstHolder() => Open
        .Where(o => o.Unit.Length > 0 && o.Doubt.Length > 0)
        .GroupBy(o => o.Unit, StringComparer.Ordinal)
        .Select(g => ((string Unit, long Bytes)?)(g.Key, g.Sum(o => o.Bytes)))
        .MaxBy(g => g!.Value.Bytes);

    /// <summary>Names are percent-encoded there: any byte but a NUL may be in one.</summary>
    internal static string Unquoted(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal)) return text;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
            {
                bytes.Add(b);
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static long Number(string text) => HostAnswer.Bytes(text, 1);
}

/// <param name="Kind"><c>log</c>: put aside from a listed log; <c>temp</c>; <c>open</c>: deleted, and still open.</param>
/// <param name="Plan">How the program calls it: with all that must not have changed when it goes.</param>
internal sealed record MayGo(string Kind, long Bytes, string Plan)
{
    public string Path => SpaceState.Unquoted(Plan.Split(':', 7)[^1]);
}

/// <param name="At">How the program calls them: when they were seen, in nanoseconds of Unix time, and how many.</param>
internal sealed record AllOf(string Kind, long Files, long Bytes, string At)
{
    /// <summary>By the clock of the host.</summary>
    public DateTimeOffset Seen => DateTimeOffset.FromUnixTimeMilliseconds(HostAnswer.Number(At.Split(':')[0]) / 1_000_000);
}

/// <param name="User">By number.</param>
/// <param name="Limit"><c>fs.inotify.max_user_watches</c>, for each user.</param>
/// <param name="Process">That has most of them, <paramref name="Most"/>.</param>
internal sealed record Watcher(string User, long Count, long Limit, string Pid, string Process, long Most)
{
    public string Describe() =>
        $"user {User} has {Count} of {Limit} inotify watches (fs.inotify.max_user_watches), process {Process} ({Pid}) {Most} of them: "
            + "where none is left, programs say that no space is left on the device, whatever is free";
}

internal sealed record LeftAlone(string Path, string Why);

/// <param name="Unit">The service of the host's systemd that holds it; empty for none.</param>
/// <param name="Doubt">Why it is not truncated; empty where it may be.</param>
internal sealed record StillOpen(long Bytes, string Pid, string Process, string Unit, string Path, string Doubt);
