using FsCheck.Xunit;
using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Pages;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Pages;

/// <summary>Whatever happens in whatever order, nobody is kept from a page that they should get.</summary>
public sealed class PageWalkTests
{
    [Property(MaxTest = 500)]
    public void NoOrderOfEvents_HoldsAPage_TooLong_TooWide_OrWithoutARepair(byte[] moves, bool critical, bool brief, bool goesOn)
    {
        var atMost = TimeSpan.FromMinutes(brief ? 6 : 30);
        var bench =
            new Bench { Policy = new() { Pages = [new() { Hold = true, VerifiedRuns = 1, AtMost = atMost, Critical = critical }] } };
        bench.Playbook = goesOn ? RandomWalkTests.Long : bench.Playbook;
        bench.Runs.Add(true);
        foreach (var move in moves)
        {
            // labels are what a fingerprint is made of
            bench.Severity = move / 20 % 3 == 0 ? "critical" : null;
            if (bench.Last.Jobs.FirstOrDefault(j => j is HoldPages or ReleasePages) is { } job && move % 2 == 0)
            {
                Answer(bench, job, move);
            }
            else
            {
                RandomWalkTests.Move(bench, move);
            }

            bench.Wake();
            Assert.All(bench.Last.Jobs.OfType<HoldPages>().SelectMany(j => j.Pages), p => AssertMayBeHeld(bench, p, critical, atMost));
            Assert.All(bench.State.Pages, p => AssertEnds(bench, p));
        }

        // once, and once more where the act goes on
        Assert.All(bench.Happenings<PageHeld>().CountBy(h => (h.Silence, h.Until)), h => Assert.Equal(1, h.Value));
        Assert.All(
            bench.Happenings<PageHoldExtended>(),
            e => Assert.Contains(bench.Happenings<ActionBegan>(), b => b.ActionId == e.ActionId && !b.Undo));
        Assert.All(bench.Journal.Where(h => h.Event is PageHoldIntended).CountBy(h => h.IncidentId!), i => Assert.Equal(1, i.Value));
    }

    private static void AssertMayBeHeld(Bench bench, PageHold hold, bool critical, TimeSpan atMost)
    {
        var intended = bench.Journal.Last(h => h.Event is PageHoldIntended && h.IncidentId == hold.IncidentId);
        var act = bench.Intents.Last(i => i.ActionId == ((PageHoldIntended)intended.Event).ActionId);
        var step = bench.Happenings<ActionBegan>().Where(b => b.ActionId == act.ActionId).Select(b => b.Until).Append(act.NotAfter).Max();
        Assert.InRange(hold.Until, bench.Now, step + TimeSpan.FromMinutes(7));
        Assert.True(hold.Until <= intended.At + atMost, "held for longer than the policy allows");
        Assert.True(critical || hold.Labels.GetValueOrDefault("severity") != "critical", "held though it is critical");
        var matchers = hold.AsSilence(bench.Now).Matchers;
        var alert = bench.Journal.Select(h => h.Event).OfType<AlertObserved>().Last(a => a.Alert.Fingerprint == hold.Fingerprint).Alert;
        Assert.Equal(alert.Labels.OrderBy(l => l.Key), matchers.Select(m => KeyValuePair.Create(m.Name, m.Value)).OrderBy(m => m.Key));
        Assert.All(matchers, m => Assert.True(m is { IsEqual: true, IsRegex: false }));
        Assert.True(hold.IsHeldBy(hold.AsSilence(bench.Now)));
    }

    /// <summary>
    /// A page stays held only while the very step goes on that it is held for, or its alerts see that it has helped; else its end is on its
    /// way.
    /// </summary>
    private static void AssertEnds(Bench bench, HeldPages pages)
    {
        Assert.True(bench.Now < pages.Until, "held for longer than it was to be");
        Assert.True(bench.Last.Due <= pages.Until, "nobody looks when its time is over");
        var run = bench.State.Find(pages.IncidentId)?.Run;
        var goesOn = run?.ActionId == pages.ActionId
            && run.Phase is RunPhase.Acting or RunPhase.Probing or RunPhase.Verifying or RunPhase.Watching
            && bench.Paused is null;
        var helped = pages.Repaired
            && bench.State.Incidents.TrueForAll(i => i.Id == pages.IncidentId)
            && pages.Alerts.Keys.Any(a => bench.State.Seen[a].Firing);
        Assert.True(
            helped || goesOn || bench.Last.Jobs.OfType<ReleasePages>().Any(j => j.IncidentId == pages.IncidentId), "held without a repair");
    }

    private static void Answer(Bench bench, Job job, byte move)
    {
        var failure = (move % 8) switch { 0 =>
            new JobFailure(FailureKind.Unknown, $"no answer {move}"), 2 => new JobFailure(FailureKind.Transient, "refused"), _ => null };
        if (job is HoldPages hold)
        {
            bench.Report(
                job,
                new PagesHeld([.. hold.Pages.Select(
                    p => new PageOutcome(p.Fingerprint, failure is null ? $"{p.IncidentId}/{p.Fingerprint}" : null, failure)
                    {
                        Until = p.Until,
                    })]));
        }
        else if (job is ReleasePages release)
        {
            bench.Report(
                job,
                new PagesReleased([.. release.Pages.Select(p => new PageOutcome(p.Fingerprint, p.SilenceId, failure))], release.Why));
        }
    }
}
