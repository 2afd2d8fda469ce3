using System.Globalization;
using Remediator.Actions.Masking;

namespace Remediator.Actions.Hosts.Units;

/// <summary>Why a service is left alone: where a restart cannot help, could do harm, or is not ours to do.</summary>
internal static class RestartDoubt
{
    /// <summary>Whether what ran for less than this will run longer the next time, nobody can tell yet.</summary>
    private static readonly TimeSpan ShortRun = TimeSpan.FromMinutes(1);

    private const int LinesShown = 3;

    /// <param name="scale">What the settings make of one second.</param>
    /// <returns>Null where it may be restarted.</returns>
    public static string? Of(UnitState unit, double scale) => unit switch
    {
        { LoadState: "masked" } => "it is masked: somebody wants it not to run",
        { LoadState: not "loaded" and var state } => $"systemd knows no such unit there ({state})",
        { SystemState: "stopping" or "starting" or "initializing" or "maintenance" } => $"the machine itself is {unit.SystemState}",
        { NeedsReload: true } => "its unit file was changed and systemd was not told (daemon-reload): somebody is at work on it",
        { RefusesPeople: true } => "its unit file forbids to start or stop it by hand",
        { IsFrozen: true } => "it was frozen with 'systemctl freeze'; who did that has to thaw it",
        { SubState: "auto-restart" } => $"systemd restarts it by itself again and again. {LastEnd(unit)}",
        { HasJob: true } or { ActiveState: "activating" or "deactivating" or "reloading" } =>
            $"systemd is at work on it already: it is {unit.Describe()}",
        { ActiveState: "inactive" } => "it was stopped and did not fail: that may be on purpose",
        { InvocationId: "" } => "systemd does not say which run of it this is, so that a restart could not be told from none",
        { ActiveState: "failed" } => OfFailed(unit, scale),
        { ActiveState: not "active" } => $"it is {unit.Describe()}",
        { Process: "t" } => "a debugger holds its main process",
        { Process: "D" } => "its main process hangs in the kernel, where no signal ends it",
        _ when unit.MainPid > 0 && unit.Ran < ShortRun * scale =>
            $"it was started only {Seconds(unit.Ran)} ago; whether that helps is not known yet",
        _ => OfCompany(unit),
    };

    /// <summary>What is wrong with it in one word; empty where it runs, whether or not that does any good.</summary>
    /// <param name="scale">What the settings make of one second.</param>
    public static string Trouble(UnitState unit, double scale) => unit switch
    {
        { SubState: "auto-restart" } => "loop",
        // between two ends of a loop it looks as well as any other
        { ActiveState: "active" or "activating", Restarts: > 0 } when unit.Ran < ShortRun * scale => "loop",
        { ActiveState: "failed" } => "failed",
        { ActiveState: "inactive" } => "stopped",
        { IsFrozen: true } or { Process: "T" or "t" } => "frozen",
        _ => "",
    };

    /// <summary>
    /// What ended by itself soon after its start will do so again; what was ended, or ran well for a while, may run again.
    /// </summary>
    private static string? OfFailed(UnitState unit, double scale) => unit.Result switch
    {
        var result when !unit.HasStarted =>
            $"its main process was not even started ({result}), as when a command before it (ExecStartPre) fails. {LastLines(unit)}",
        "exit-code" or "start-limit-hit" when unit.Exited && unit.Ran < ShortRun * scale =>
            $"it ends by itself soon after each start, which another start does not change. {LastEnd(unit)}",
        "exit-code" or "start-limit-hit" or "signal" or "core-dump" or "watchdog" or "timeout" or "oom-kill" => OfCompany(unit),
        var result => $"systemd could not start it ({result}). {LastEnd(unit)}",
    };

    private static string? OfCompany(UnitState unit) => unit switch
    {
        { Takes.Count: > 0 } =>
            $"a restart of it restarts {string.Join(", ", unit.Takes.Take(5))} too, and nobody has allowed that",
        { Stops.Count: > 0 } =>
            $"a start of it stops {string.Join(", ", unit.Stops.Take(5))}, which it conflicts with, and nobody has allowed that",
        _ => null,
    };

    private static string LastEnd(UnitState unit)
    {
        var how = unit.Exited ? $"with exit code {unit.ExitStatus}" : $"by signal {unit.ExitStatus}";
        return $"It ended {how} after {Seconds(unit.Ran)}. {LastLines(unit)}";
    }

    private static string LastLines(UnitState unit)
    {
        var all = unit.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // what systemd says of it is told already
        var own = all.Where(l => !l.Contains(" systemd[1]: ", StringComparison.Ordinal)).ToList();
        var lines = (own.Count > 0 ? own : [.. all])
            .TakeLast(LinesShown)
            .Select(l => EvidenceText.OneLine(l, 300));
        return $"Its last lines: {string.Join(" / ", lines)}";
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
