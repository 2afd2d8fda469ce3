using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.Units;

/// <summary>What <c>unit.sh</c> says of a service; the words are those of systemctl(1).</summary>
internal sealed record UnitState
{
    /// <summary>In microseconds; more than a machine runs.</summary>
    private const long LongestRun = 1L << 53;

    public static HostScript Script { get; } = new("unit.sh");

    public required string Name { get; init; }
    public required string LoadState { get; init; }
    public required string ActiveState { get; init; }
    public required string SubState { get; init; }
    /// <summary>Of the last run: success, exit-code, signal, core-dump, watchdog, timeout, oom-kill, start-limit-hit, ...</summary>
    public required string Result { get; init; }
    /// <summary>Another one for each start of the unit; empty before the first.</summary>
    public required string InvocationId { get; init; }
    public required int MainPid { get; init; }
    /// <summary>By systemd itself, since it was last started by anybody else.</summary>
    public required int Restarts { get; init; }
    public required bool HasJob { get; init; }
    public required bool NeedsReload { get; init; }
    public required bool RefusesPeople { get; init; }
    public required bool IsFrozen { get; init; }
    /// <summary>Of the machine: running, degraded, starting, stopping, maintenance.</summary>
    public required string SystemState { get; init; }
    /// <summary>
    /// The main process was started in this run of the unit; systemd forgets the one of the run before (service_start in its service.c).
    /// </summary>
    public required bool HasStarted { get; init; }
    /// <summary>The main process ended with an exit code, and not by a signal.</summary>
    public required bool Exited { get; init; }
    public required string ExitStatus { get; init; }
    /// <summary>How long the main process runs, or ran before it ended.</summary>
    public required TimeSpan Ran { get; init; }
    /// <summary>The letter of proc(5): R, S, D, T, t, Z; empty without a main process.</summary>
    public required string Process { get; init; }
    /// <summary>Active units that are stopped and started with it.</summary>
    public required IReadOnlyList<string> Takes { get; init; }
    /// <summary>Active units that are stopped when it is started.</summary>
    public required IReadOnlyList<string> Stops { get; init; }
    /// <summary>The last lines of its journal, masked.</summary>
    public required string Log { get; init; }
    public required IReadOnlyDictionary<string, string> Identity { get; init; }

    public bool IsRunning => ActiveState == "active" && SubState == "running";

    /// <summary><c>active (running)</c>.</summary>
    public string Describe() => $"{ActiveState} ({SubState})";

    /// <exception cref="ActionFailedException">The answer is not that of the script.</exception>
    public static UnitState Read(HostAnswer answer, string host, string unit)
    {
        var properties = answer.Of("property").Where(f => f.Count > 1).GroupBy(f => f[0]).ToDictionary(g => g.Key, g => g.First()[1]);
        string Text(string name) => HostAnswer.Short(properties.GetValueOrDefault(name, ""));
        if (Text("LoadState").Length == 0 || Text("ActiveState").Length == 0)
            throw new ActionFailedException(FailureKind.Transient, $"systemd on host {host} does not say how unit {unit} is.");

        var pid = HostAnswer.Number(Text("MainPID"));
        var (started, ended) =
            (HostAnswer.Number(Text("ExecMainStartTimestampMonotonic")), HostAnswer.Number(Text("ExecMainExitTimestampMonotonic")));
        var uptime = HostAnswer.Seconds(answer.One("uptime"));
        return new()
        {
            Name = unit,
            LoadState = Text("LoadState"),
            ActiveState = Text("ActiveState"),
            SubState = Text("SubState"),
            Result = Text("Result"),
            InvocationId = Text("InvocationID"),
            MainPid = (int)Math.Min(pid, int.MaxValue),
            Restarts = (int)Math.Min(HostAnswer.Number(Text("NRestarts")), int.MaxValue),
            HasJob = Text("Job") is not ("" or "0"),
            NeedsReload = Text("NeedDaemonReload") == "yes",
            RefusesPeople = Text("RefuseManualStart") == "yes" || Text("RefuseManualStop") == "yes",
            IsFrozen = Text("FreezerState") is not ("" or "running"),
            SystemState = Text("SystemState"),
            HasStarted = started > 0,
            Exited = Text("ExecMainCode") == "1",
            ExitStatus = Text("ExecMainStatus"),
            Ran = started == 0 ? TimeSpan.Zero
                : pid > 0 ? TimeSpan.FromSeconds(Math.Max(0, uptime - (started / 1e6)))
                : TimeSpan.FromMicroseconds(Math.Clamp(ended - started, 0, LongestRun)),
            Process = answer.One("process"),
            Takes = [.. answer.Firsts("takes")],
            Stops = [.. answer.Firsts("stops")],
            Log = EvidenceText.Tail(string.Join('\n', answer.Of("log").Select(f => string.Join('\t', f))), 8000),
            Identity = Machines.IdentityIn(answer),
        };
    }
}
