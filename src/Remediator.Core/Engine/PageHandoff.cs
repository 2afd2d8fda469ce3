using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Pages;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// While a repair with a good record goes on, the engine may take the page from people: it silences the alerts of the incident until the
/// step's deadline, of an act that goes on until the end of its time, and gives the page back as soon as anything is not as it should be.
/// Once for each incident: where that did not help, people are paged.
/// </summary>
internal static class PageHandoff
{
    /// <summary>So many at once are more than one repair's trouble.</summary>
    private const int MostAlerts = 20;

    /// <summary>What becomes of the pages, with the intent of a step; nothing where the policy does not speak of holding them.</summary>
    public static IEnumerable<Event> Begin(GuardedStep step, ActionIntended intent)
    {
        var (world, incident, run) = (step.World, step.Incident, step.Incident.Run!);
        if (incident.IsPageDecided || PagePolicy.For(world.Definitions.Policy, world.Labels(run.Playbook)) is not { } policy)
        {
            return [];
        }

        var good = Promotion.GoodInARow(world.Record(run.Playbook), world.Standing(run.Playbook), world.Now);
        return Refusal(step, intent, policy, good) is { } refusal
            ? [new PageNotHeld(null, null, refusal)]
            : OfEach(step, intent, policy, good);
    }

    /// <summary>What is to be done about the pages of one step now.</summary>
    public static Move Next(HeldPages pages, ResourceState state, World world)
    {
        if (world.Now >= pages.Until)
        {
            return Move.Happens([.. pages.Alerts.Select(
                a => new PageReleased(a.Key, a.Value.Name, a.Value.Silence, "its time was over, and it ended by itself"))]);
        }

        var why = pages.Over ?? (pages.Repaired ? AfterRepair(pages, state) : Interruption(pages, state, world));
        if (why is null && Extension(pages, state, world) is { } extension)
        {
            return Move.Happens(extension);
        }

        Job? job = why is not null
            ? Release(pages, world, _ => true, why)
            : Hold(pages, world)
                ?? Release(pages, world, a => a.MayStand, "Alertmanager had not answered")
                ?? (Job?)Release(pages, world, a => a.Until <= world.Now, "its silence ended before it was extended");
        var again = world.Now + (job is null ? world.Settings.Tick : JobOrders.LookAgain(world));
        return new([], job, again < pages.Until ? again : pages.Until);
    }

    /// <summary>
    /// While an act goes on, its step has no deadline but the end of the act's time. A policy that has changed since is asked again.
    /// </summary>
    private static PageHoldExtended? Extension(HeldPages pages, ResourceState state, World world)
    {
        if (pages.Repaired
            || state.Find(pages.IncidentId)?.Run is not { InProgress: { } act, Phase: RunPhase.Acting or RunPhase.Watching } run
            || run.ActionId != pages.ActionId
            || JobReports.Playbook(run, world) is not { } playbook
            || PagePolicy.For(world.Definitions.Policy, world.Labels(run.Playbook)) is not { } policy)
        {
            return null;
        }

        var until = AtMost(act.Until + ToVerify(playbook.Ladder[run.Step].Verify, world), pages.Since, policy, world);
        return until > pages.Until
            ? new(pages.ActionId, until, $"the act goes on, until {act.Until:u} at the latest: {act.Seen}")
            : null;
    }

    /// <summary>Turns what the two jobs bring back into events.</summary>
    public static IReadOnlyList<Happened> Report(ResourceState state, World world, JobResult result) =>
        state.Pages.Find(p => p.IncidentId == result.IncidentId && result.JobId == JobId(p)) is { } pages
            ? [.. Report(pages, result.Outcome).Select(
                e => new Happened(e, pages.IncidentId, world.Now, pages.TraceId, Happened.Engine))]
            : [];

    private static IEnumerable<Event> Report(HeldPages pages, JobOutcome outcome) => outcome switch
    {
        PagesHeld held => Held(pages, held.Pages),
        PagesReleased released => Released(pages, released.Pages, released.Why),
        _ => [],
    };

    /// <param name="good">Verified runs in a row.</param>
    private static string? Refusal(GuardedStep step, ActionIntended intent, PagePolicy policy, int good)
    {
        var incident = step.Incident;
        return incident switch
        {
            _ when !incident.Alerts.Any(a => a.Value.Firing && step.World.CanHoldPages(AlertSource.Of(a.Key))) =>
                $"its alerts come from no Alertmanager that can hold them: set {AlertmanagerGroup.Section}:0:Name and "
                    + $"{AlertmanagerGroup.Section}:0:Urls:0, and let it post to the path of its group",
            _ when intent.Temporary => "the step contains the problem and does not repair it",
            _ when incident.Run!.ChangedAt is not null || !incident.Done.IsEmpty => "an earlier step of this incident did not help",
            _ when incident.RecurrenceOf is { } before => $"it was repaired in incident {before}, and came back",
            _ when good < policy.VerifiedRuns =>
                $"the record of playbook {incident.Run!.Playbook} has {Plural.Of(good, "verified run")} in a row, and the "
                    + $"policy asks for {policy.VerifiedRuns}",
            _ when incident.Alerts.Values.Count(a => a.Firing) > MostAlerts => $"more than {MostAlerts} alerts fire",
            _ => null,
        };
    }

    private static IEnumerable<Event> OfEach(GuardedStep step, ActionIntended intent, PagePolicy policy, int good)
    {
        var firing = step.Incident.Alerts.Where(a => a.Value.Firing)
            .OrderBy(a => a.Key, StringComparer.Ordinal)
            .ToLookup(a => NotHeld(step, policy, a.Key, a.Value));
        foreach (var (why, id, alert) in firing.Where(g => g.Key is not null).SelectMany(g => g.Select(a => (g.Key, a.Key, a.Value))))
        {
            yield return new PageNotHeld(id, alert.Name, why!);
        }

        if (firing[null].Select(a => a.Key).ToList() is { Count: > 0 } held)
        {
            yield return new PageHoldIntended(
                intent.ActionId, held, Until(step, intent, policy),
                $"the last {(good == 1 ? "run" : $"{good} runs")} of playbook {step.Incident.Run!.Playbook} succeeded");
        }
    }

    private static string? NotHeld(GuardedStep step, PagePolicy policy, string id, OpenAlert alert) =>
        !policy.Critical && IsCritical(alert) ? "it is critical"
        : step.World.CanHoldPages(AlertSource.Of(id)) ? null
        : "it comes from no Alertmanager that can hold it";

    private static DateTimeOffset Until(GuardedStep step, ActionIntended intent, PagePolicy policy)
    {
        var world = step.World;
        return AtMost(intent.NotAfter + ToVerify(step.Step!.Verify, world), world.Now, policy, world);
    }

    private static TimeSpan ToVerify(Verification verify, World world) => world.Settings.Scaled(verify.Within + verify.Stable);

    private static DateTimeOffset AtMost(DateTimeOffset deadline, DateTimeOffset since, PagePolicy policy, World world)
    {
        var most = since + world.Settings.Scaled(policy.AtMost);
        return deadline < most ? deadline : most;
    }

    private static bool IsCritical(OpenAlert alert) =>
        alert.Own.GetValueOrDefault("severity", "").Equals("critical", StringComparison.OrdinalIgnoreCase);

    /// <summary>An alert takes its time to see what was verified, and would ring for what is well again.</summary>
    private static string? AfterRepair(HeldPages pages, ResourceState state) => state switch
    {
        _ when state.Incidents.Find(i => i.Id != pages.IncidentId) is { } other =>
            $"the repair is verified, and incident {other.Id} is open",
        _ when !pages.Alerts.Keys.Any(a => state.Seen.GetValueOrDefault(a) is { Firing: true }) =>
            "the repair is verified, and the alerts are over",
        _ => null,
    };

    /// <summary>People have stopped the engine here or hold the object: then they are the ones to be told.</summary>
    private static string? Interruption(HeldPages pages, ResourceState state, World world)
    {
        if (state.Find(pages.IncidentId) is not { Run: { } run } incident || JobReports.Playbook(run, world) is not { } playbook)
        {
            return "its run is over";
        }

        return Guards.Stop(new(world, state, incident, playbook, null, null))?.Message;
    }

    private static List<PageHold> Of(HeldPages pages, World world, Func<HeldPage, bool> which) =>
    [
        .. from alert in pages.Alerts
           where which(alert.Value)
           orderby alert.Key
           select new PageHold(pages.IncidentId, alert.Key, alert.Value.Labels, pages.Until, Comment(pages, world), alert.Value.Silence)
    ];

    private static string Comment(HeldPages pages, World world) =>
        $"Remediator holds this page until {pages.Until:u}. Incident {pages.IncidentId}, {world.Resource.Display}: {pages.Doing}."
        + (world.Settings.ExternalUrl is { Length: > 0 } url ? $" {url.TrimEnd('/')}/api/v1/incidents/{pages.IncidentId}" : "");

    /// <summary>There is no silence that is known to last so long, and none that nobody knows of.</summary>
    private static bool IsToBeHeld(HeldPages pages, HeldPage page) =>
        !page.MayStand && (page.Silence is null || page.Until < pages.Until);

    private static HoldPages? Hold(HeldPages pages, World world) =>
        Of(pages, world, a => IsToBeHeld(pages, a) && !(a.Until <= world.Now)) is not { Count: > 0 } open ? null : new(open)
    {
        Id = JobId(pages),
        IncidentId = pages.IncidentId,
        Resource = world.Resource,
        TraceId = pages.TraceId,
    };

    private static ReleasePages? Release(HeldPages pages, World world, Func<HeldPage, bool> which, string why) =>
        Of(pages, world, which) is not { Count: > 0 } open ? null : new(open, why)
    {
        Id = JobId(pages),
        IncidentId = pages.IncidentId,
        Resource = world.Resource,
        TraceId = pages.TraceId,
    };

    /// <summary>One for both jobs: a page is not given back while it is still being taken.</summary>
    private static string JobId(HeldPages pages) => $"{pages.ActionId}/page";

    private static IEnumerable<Event> Held(HeldPages pages, IReadOnlyList<PageOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (!pages.Alerts.TryGetValue(outcome.Fingerprint, out var page) || !IsToBeHeld(pages, page))
            {
                continue;
            }

            // one that was held and could not be held for longer has its silence still
            yield return outcome switch
            {
                { Silence: { } silence } => new PageHeld(outcome.Fingerprint, page.Name, silence, outcome.Until ?? pages.Until),
                { Failure: var failure } => new PageNotHeld(
                    outcome.Fingerprint, page.Name, failure?.Message ?? "",
                    page.Silence is not null || failure?.Kind is Actions.FailureKind.Unknown),
            };
        }
    }

    private static IEnumerable<Event> Released(HeldPages pages, IReadOnlyList<PageOutcome> outcomes, string why)
    {
        foreach (var outcome in outcomes)
        {
            if (!pages.Alerts.TryGetValue(outcome.Fingerprint, out var page))
            {
                continue;
            }

            if (outcome.Failure is null)
            {
                yield return new PageReleased(outcome.Fingerprint, page.Name, outcome.Silence, why);
            }
            else if (page.Failing is null)
            {
                yield return new PageReleaseFailed(outcome.Fingerprint, page.Name, outcome.Failure.Message);
            }
        }
    }
}
