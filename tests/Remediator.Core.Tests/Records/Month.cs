using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Records;

/// <summary>Days of one workload that falls sick once a day, with the record of its playbook kept as the engine keeps it.</summary>
internal sealed class Month
{
    private int _read;
    private int _alerts;

    public Bench Bench { get; } = new();

    public RecordBook Book { get; private set; } = RecordBook.Empty;

    public Standings Standings => Bench.Standings!;

    public PlaybookRecord Record => Book.Playbooks["restart-loop"];

    public Mode Mode => Bench.Playbook.Mode < (Standings.Of("restart-loop")?.Ceiling ?? Mode.Auto)
        ? Bench.Playbook.Mode
        : Standings.Of("restart-loop")?.Ceiling ?? Mode.Auto;

    public string? Proposal => Promotion.Proposal(Record, Mode, Standings.Of("restart-loop"), Bench.Now);

    /// <summary>It falls sick, and a day goes by.</summary>
    public void Day(bool good = true)
    {
        FallSick();
        if (Mode is Mode.Observe)
        {
            Bench.Planned();
        }
        else
        {
            Bench.Climb(good);
        }

        Over();
        Bench.Now += TimeSpan.FromHours(25);
    }

    public void FallSick()
    {
        Bench.Crashing = true;
        Bench.Fire($"f{++_alerts}", startsAt: Bench.Now);
        Count();
    }

    /// <summary>Whatever is open ends: its alert is resolved, and its problem no longer shows.</summary>
    public void Over()
    {
        Bench.Now += TimeSpan.FromMinutes(30);
        Bench.Crashing = false;
        Bench.Resolve($"f{_alerts}");
        while (Bench.Last.Jobs.OfType<TellPeople>().FirstOrDefault() is { } tell)
        {
            Bench.Report(tell, new PeopleTold([new("notify.webhook", null)]));
        }

        Count();
    }

    /// <summary>A person says so.</summary>
    public void Says(Event said)
    {
        Bench.Standings = Standings.After(new(said, null, Bench.Now, "t", "ada"));
        Take(new(said, null, Bench.Now, "t", "ada"));
        Bench.Now += TimeSpan.FromMinutes(1);
    }

    private void Count()
    {
        foreach (var happened in Bench.Journal.Skip(_read).ToList())
        {
            Take(happened);
        }

        _read = Bench.Journal.Count;
    }

    private void Take(Happened happened)
    {
        (Book, var setback) = Book.After(happened);
        if (setback is not null && Promotion.LoweredTo(Record, Mode, Standings.Of("restart-loop")) is { } to)
        {
            Bench.Standings = Standings.After(new(
                new PlaybookDemoted("restart-loop", Mode, to, setback.IncidentId, setback.Reason), null, Bench.Now, "t", Happened.Engine));
        }
    }
}
