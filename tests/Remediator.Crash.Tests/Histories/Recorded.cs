using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Resources;
using Remediator.Testing.Kubernetes;
using Remediator.Testing.Machines;

namespace Remediator.Crash.Tests.Histories;

/// <summary>A history to be doctored: one alert, one pod evicted, verified, closed.</summary>
internal sealed class Recorded
{
    public const string Incident = "i1";
    public const string Action = "r1-0";

    public static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly ResourceKey Resource = new("test", "deployment", "w0", "w0");

    public List<Entry> Entries { get; } = [];
    public List<Effect> Effects { get; } = [];
    public List<LongAct> Acts { get; } = [];
    public List<Heard> Heard { get; } = [];
    public List<AcceptedAlert> Accepted { get; } = [new("f1", Start, AlertStatus.Firing, "w0/p")];
    public Remains Remains { get; set; } = Remains.None;

    /// <summary>Evicted at second 10, and everything in order.</summary>
    public static Recorded Good() =>
        new Recorded().Opened().Intended(10).Effect(11).Write(12, new ActionSucceeded(Action, "", [])).Verified(20);

    public Recorded Opened() => Write(0, new IncidentOpened("crash", "f1", null)).Write(0, new AlertObserved(
        new() { Name = "A", Status = AlertStatus.Firing, Labels = new Dictionary<string, string>(), StartsAt = Start, Fingerprint = "f1" },
        "test", "", new Dictionary<string, string>()));

    public Recorded Intended(int second, string action = Action, int step = 0, string uid = "u1") => Write(second, new ActionIntended
    {
        ActionId = action,
        Step = step,
        Name = "evict",
        Use = "kubernetes.evict-pod",
        Plan = new() { Summary = "", Preconditions = new Dictionary<string, string> { ["uid"] = uid } },
        NotAfter = Start.AddSeconds(second + 5),
        Attempt = 1,
        Permits = [],
    });

    public Recorded Effect(int second, string act = "evict", string uid = "u1", string? mark = null)
    {
        Effects.Add(new(Start.AddSeconds(second), act, "w0", "p", uid, mark, "test"));
        return this;
    }

    /// <summary>Goes on from second 11 to its end at second 19, under that handle and with that in the journal.</summary>
    public static Recorded Long(Func<LongAct, LongAct>? really = null, string handle = "act-1")
    {
        var act = new LongAct("act-1", Action, "w0", Course.Halting, TimeSpan.FromMinutes(1), new(Start.AddSeconds(11), "test"))
        {
            Pushes = [new(Start.AddSeconds(16), "test")],
            DoneAt = Start.AddSeconds(19),
        };
        var recorded = new Recorded().Opened().Intended(10).Effect(11)
            .Write(12, new ActionBegan(Action, handle, "", TimeSpan.FromSeconds(1), Start.AddSeconds(60)))
            .Write(14, new ActionProgressed(Action, "halted", NeedsPush: true))
            .Write(15, new PushIntended(Action, "halted", 2, Start.AddSeconds(20)));
        recorded.Acts.Add((really ?? (a => a))(act));
        return recorded;
    }

    public Recorded Succeeded(int second) => Write(second, new ActionSucceeded(Action, "", []));

    public Recorded UndoEffect(int second) => Effect(second, "patch", mark: $"{Action}-undone");

    public Recorded Probed(int second, ProbeAnswer answer) => Write(second, new ActionProbed(Action, answer, ""));

    public Recorded Escalated(int second) =>
        Write(second, new RunEnded(RunOutcome.Escalated, ""))
            .Write(second, new Escalated { Severity = "", Message = "", Reason = "", Tried = [], Evidence = "" });

    public Recorded Verified(int second) =>
        Write(second, new VerificationPassed(0, ""))
            .Write(second, new RunEnded(RunOutcome.Verified, ""))
            .Write(second, new IncidentClosed(CloseReason.Verified, ""));

    public Recorded Told(bool closing = false)
    {
        Heard.Add(new(Incident, closing));
        return this;
    }

    public Recorded Write(int second, Event happened, string incident = Incident)
    {
        Entries.Add(new(Entries.Count + 1, Resource, Entries.Count + 1, incident, Start.AddSeconds(second), happened));
        return this;
    }

    public IReadOnlyList<string> Faults() =>
        [.. HistoryChecks.Faults(
            new() { Accepted = Accepted, Entries = Entries, Effects = Effects, Acts = Acts, Heard = Heard, Remains = Remains })
            .Select(f => f.ToString())];
}
