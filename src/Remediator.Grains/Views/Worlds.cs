using Remediator.Core.Actions;
using Remediator.Core.Pauses;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;
using Remediator.Grains.Calls;
using Remediator.Grains.Sights;
using Remediator.Grains.Work;

namespace Remediator.Grains.Views;

/// <summary>Gathers what a decision looks at.</summary>
internal sealed class Worlds(
    AllFacts facts,
    ActiveAlerts alerts,
    IDefinitions definitions,
    ActionRegistry actions,
    EngineSettings settings,
    ExternalHolds holds,
    IPlaybookStandings standings,
    PageWork pages,
    TimeProvider time)
{
    /// <param name="heard">The version of the active alerts that this resource has to know at least.</param>
    public World For(
        ResourceKey resource, long heard, InFlight inFlight, PauseReading pauses, OpenRows open, string? permitDenied)
    {
        var now = time.GetUtcNow();
        var (status, view, others) = facts.Current;
        return new()
        {
            Resource = resource,
            Now = now,
            View = alerts.Over(view, now, heard),
            ViewState = status.State,
            FreshAt = status.FreshAt,
            ViewProblem = status.Problem,
            Others = others,
            Definitions = definitions.Current,
            Parse = definitions.Parse,
            Actions = actions,
            Settings = settings,
            Held = inFlight.Held,
            SlowStart = inFlight.SlowStart,
            Open = open.Causes,
            Waiting = open.Waiting,
            Paused = holds.Paused,
            Silences = holds.Silences,
            Pauses = pauses,
            PermitDenied = permitDenied,
            Standing = playbook => standings.Current?.Of(playbook),
            KnowsStandings = standings.Current is not null,
            Record = playbook => standings.Records?.Playbooks.GetValueOrDefault(playbook),
            CanHoldPages = pages.CanHold,
            Guards = Guards.Ordered,
            IsForgotten = id => alerts.IsForgotten(id, now),
            NewId = NewId,
        };
    }

    /// <summary>Sixteen letters that grow with time; short enough to be typed.</summary>
    public string NewId() => Ids.New(time.GetUtcNow());
}
