using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>Turns what an incident waits for into jobs.</summary>
public static class JobOrders
{
    private static readonly IReadOnlyList<string> Default = ["kubernetes.describe", "kubernetes.events", "kubernetes.logs"];

    /// <summary>When to see whether a job still goes on: only its loss in a crash makes that necessary.</summary>
    internal static TimeSpan LookAgain(World world) => TimeSpan.FromTicks(Math.Max(world.Settings.Tick.Ticks, TimeSpan.TicksPerSecond));

    /// <summary>For what no playbook looks after: what anybody would want to see first. Null where nothing can be read.</summary>
    internal static Job? DefaultEvidence(Incident incident, World world)
    {
        if (world.ViewState is not ViewState.Ready || !world.Scope.Named("workload").Any())
        {
            return null;
        }

        var calls = Default
            .Select(name => world.Actions.TryGet(name, out var action) && action is IReadAction ? action.Descriptor : null)
            .OfType<ActionDescriptor>()
            .Where(d => d.Kinds.Count == 0 || ResourceKinds.AreOf(d.Kinds, world.Resource))
            .Select(d => new EvidenceCall(d.Name, Activator.CreateInstance(d.Input)!))
            .ToList();
        return calls.Count == 0 ? null : Evidence(incident, world, calls);
    }

    internal static Job Evidence(Incident incident, Playbook playbook, World world)
    {
        var values = LiquidValues.Of(incident, world);
        return Evidence(incident, world, [.. playbook.Evidence.Select(e => new EvidenceCall(e.Use, e.With.Bind(values)))]);
    }

    internal static Job Look(Incident incident, Playbook playbook, World world)
    {
        var values = LiquidValues.Of(incident, world);
        return new LookAtResource(playbook.Name, [.. playbook.Looks.Select(l => new EvidenceCall(l.Use, l.With.Bind(values)))],
            LiquidValues.Facts(incident, world))
        {
            Id = LookId(incident, playbook.Name),
            IncidentId = incident.Id,
            Resource = world.Resource,
            TraceId = incident.TraceId,
        };
    }

    /// <summary>Another one once this one was made.</summary>
    internal static string LookId(Incident incident, string playbook) =>
        $"{incident.Id}/look/{playbook}/{incident.Looked?.At.UtcTicks ?? 0}";

    internal static Job Plan(Incident incident, Run run, LadderStep step, World world) => new MakePlan(Call(incident, run, step, world))
    {
        Id = PlanId(run),
        IncidentId = incident.Id,
        Resource = world.Resource,
        TraceId = incident.TraceId,
    };

    /// <summary>The acts whose intents are among these events. Only who has just committed an intent may act on it.</summary>
    public static IEnumerable<Job> Acts(ResourceState after, World world, IEnumerable<Happened> events) =>
        from happened in events
        let incident = after.Find(happened.IncidentId ?? "")
        let act = (happened.Event, incident) switch
        {
            (ActionIntended, { Run: { Phase: RunPhase.Acting } run }) => Apply(incident, Step(run, world), world),
            (PushIntended, { Run: { Phase: RunPhase.Acting } run }) => Apply(incident, Step(run, world), world),
            (CancelIntended, { Run: { Phase: RunPhase.Cancelling } run }) => Cancel(incident, run, Step(run, world), world),
            (UndoIntended, { Run: { Phase: RunPhase.Undoing } run }) => Undo(incident, run, Step(run, world), world),
            (UndoIntended, { Run: null, Temporary.Run: { } run }) => Undo(incident, run, Step(run, world), world),
            _ => (Job?)null,
        }
        where act is not null
        select act;

    private static LadderStep Step(Run run, World world) => world.Parse(run.Source).Ladder[run.Step];

    private static ApplyPlan Apply(Incident incident, LadderStep step, World world) =>
        new ApplyPlan(Call(incident, incident.Run!, step, world), incident.Run!.Plan!, incident.Run.NotAfter)
    {
        Id = ApplyId(incident.Run),
        IncidentId = incident.Id,
        Resource = world.Resource,
        TraceId = incident.TraceId,
    };

    internal static Job Probe(Incident incident, Run run, LadderStep step, World world) =>
        new ProbePlan(Call(incident, run, step, world), run.Plan!)
    {
        Id = ProbeId(run),
        IncidentId = incident.Id,
        Resource = world.Resource,
        TraceId = incident.TraceId,
    };

    private static UndoPlan Undo(Incident incident, Run run, LadderStep step, World world) =>
        new UndoPlan(Call(incident, run, step, world), run.Plan!, run.NotAfter)
    {
        Id = UndoId(run),
        IncidentId = incident.Id,
        Resource = world.Resource,
        TraceId = incident.TraceId,
    };

    private static CancelAct Cancel(Incident incident, Run run, LadderStep step, World world) =>
        new(Call(incident, run, step, world), run.Plan!, run.InProgress!.Handle, run.NotAfter)
    {
        Id = CancelId(run),
        IncidentId = incident.Id,
        Resource = world.Resource,
        TraceId = incident.TraceId,
    };

    /// <summary>Of an act, or of a taking back, that is in progress.</summary>
    internal static Job Watch(Incident incident, Run run, LadderStep step, World world) =>
        new WatchAct(Call(incident, run, step, world), run.Plan!, run.InProgress!)
    {
        Id = WatchId(run),
        IncidentId = incident.Id,
        Resource = world.Resource,
        TraceId = incident.TraceId,
    };

    internal static Job Verify(Incident incident, Run run, Playbook playbook, LadderStep step, World world)
    {
        var input = step.Verify.With.Bind(LiquidValues.Of(incident, world));
        var within = world.Settings.Scaled(step.Verify.Within);
        var left = run.PhaseSince + within - world.Now;
        return new VerifyRepair(
            new(run.ActionId!, step.Verify.Use, input, LiquidValues.Facts(incident, world)) { Added = LiquidValues.Added(incident) },
            left > within / 4 ? left : within / 4,
            world.Settings.Scaled(step.Verify.Stable))
        {
            Id = VerifyId(run),
            Problem = playbook.Looks.Count == 0 ? playbook.Problem : [],
            IncidentId = incident.Id,
            Resource = world.Resource,
            TraceId = incident.TraceId,
        };
    }

    private static CollectEvidence Evidence(Incident incident, World world, IReadOnlyList<EvidenceCall> calls) => new(calls, world.Scope)
    {
        Id = EvidenceId(incident),
        IncidentId = incident.Id,
        Resource = world.Resource,
        TraceId = incident.TraceId,
    };

    internal static string EvidenceId(Incident incident) => $"{incident.Run?.Id ?? incident.Id}/evidence";

    internal static string PlanId(Run run) => $"{run.Id}/plan/{run.Step}/{run.PlanFailures}/{run.PhaseSince.UtcTicks}";

    internal static string ApplyId(Run run) => $"{run.ActionId}/apply/{run.Attempt}";

    internal static string ProbeId(Run run) => $"{run.ActionId}/probe/{run.Attempt}";

    internal static string VerifyId(Run run) => $"{run.ActionId}/verify/{run.Attempt}";

    internal static string UndoId(Run run) => $"{run.ActionId}/undo/{run.NotAfter.UtcTicks}";

    internal static string CancelId(Run run) => $"{run.ActionId}/cancel/{run.NotAfter.UtcTicks}";

    /// <summary>Another one of a taking back than of the act.</summary>
    internal static string WatchId(Run run) => $"{run.ActionId}/watch/{run.InProgress?.Until.UtcTicks}";

    private static ActionCall Call(Incident incident, Run run, LadderStep step, World world) =>
        new(
            run.ActionId ?? $"{run.Id}-{run.Step}", step.Use, step.With.Bind(LiquidValues.Of(incident, world)),
            LiquidValues.Facts(incident, world));
}
