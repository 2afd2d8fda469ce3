using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Worlds;
using Remediator.Grains.Membership;
using Remediator.Grains.Sights;

namespace Remediator.Grains.Work;

/// <summary>
/// Does one job: asks the action, and turns whatever comes of it into a result. Only the end of the process ends a job without one.
/// </summary>
internal sealed class JobWork(
    ActionRegistry actions, Bulkheads bulkheads, People people, PageWork pages, ActWork acts, LookWork looks, AllFacts all,
    EngineSettings settings, TimeProvider time)
{
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(5);
    private const int UndoAttempts = 5;

    public async Task<JobResult> DoAsync(Job job, CancellationToken stopping) =>
        new(job.Id, job.IncidentId, await OutcomeAsync(job, stopping));

    private async Task<JobOutcome> OutcomeAsync(Job job, CancellationToken stopping) => job switch
    {
        CollectEvidence evidence => new EvidenceRead(await CollectAsync(evidence, stopping)),
        LookAtResource look => new LookMade(await looks.DoAsync(look, stopping)),
        MakePlan plan => await PlanAsync(plan, stopping),
        ApplyPlan apply => await ApplyAsync(apply, stopping),
        ProbePlan probe => new ProbeAnswered(await ProbeAsync(probe, stopping)),
        UndoPlan undo => await UndoAsync(undo, stopping),
        WatchAct watch => new ActSeen(await acts.WatchAsync(watch, stopping)),
        CancelAct cancel => await acts.CancelAsync(cancel, stopping),
        VerifyRepair verify => new RepairChecked(await VerifyAsync(verify, stopping)),
        HoldPages hold => new PagesHeld(await pages.HoldAsync(hold.Pages, stopping)),
        ReleasePages release => new PagesReleased(await pages.ReleaseAsync(release.Pages, stopping), release.Why),
        TellPeople tell => new PeopleTold(await NotifyAsync(tell, stopping)),
        _ => throw new NotSupportedException($"There is no such job: {job.GetType().Name}."),
    };

    /// <summary>All at once, and within one deadline that the wait for a place is part of: people may wait for it.</summary>
    private async Task<EvidenceItem[]> CollectAsync(CollectEvidence job, CancellationToken stopping)
    {
        var notAfter = time.GetUtcNow() + ReadDeadline;
        return await Task.WhenAll(job.Calls.Select(call => CollectAsync(job, call, notAfter, stopping)));
    }

    private async Task<EvidenceItem> CollectAsync(
        CollectEvidence job, EvidenceCall call, DateTimeOffset notAfter, CancellationToken stopping)
    {
        try
        {
            var request = Request(job, $"{job.Id}/{call.Use}", call.Input, job.Facts, notAfter);
            var read = await CallAsync("evidence", call.Use, request, actions.Get<IReadAction>(call.Use).ReadAsync, stopping);
            return new(call.Use, read.Title, read.Text, read.Facts, read.Values, null);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return new(call.Use, call.Use, "", [], new Dictionary<string, string>(), Describe(e));
        }
    }

    /// <summary>
    /// A storm of incidents must not become a storm of reads, nor one sort of reads keep another waiting. Acts have their own bound, the
    /// budget.
    /// </summary>
    private async Task<T> CallAsync<T>(
        string sort, string use, ActionRequest request, Func<ActionRequest, CancellationToken, Task<T>> call, CancellationToken stopping)
    {
        using var within = Within(request.NotAfter, stopping);
        return await bulkheads.CallAsync(
            $"{sort}/{use.Split('.')[0]}/{request.Resource.Cluster}", token => call(request, token), within.Token);
    }

    private async Task<JobOutcome> PlanAsync(MakePlan job, CancellationToken stopping)
    {
        var notAfter = time.GetUtcNow() + ReadDeadline;
        try
        {
            var result = await CallAsync(
                "plan", job.Call.Use, Request(job, job.Call, notAfter), actions.Get<IChangeAction>(job.Call.Use).PlanAsync, stopping);
            return result.Plan is { } made ? new PlanMade(made) : new PlanRefused(result.Refusal!);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return Failed(e, FailureKind.Transient);
        }
    }

    private async Task<JobOutcome> ApplyAsync(ApplyPlan job, CancellationToken stopping)
    {
        var left = job.NotAfter - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return new CallFailed(FailureKind.Transient, "its deadline was over before it began");
        }

        Failpoint.Hit("before-call");
        try
        {
            // a clock that was set back must not give it more time than it was meant to have
            var action = actions.Get<IChangeAction>(job.Call.Use);
            using var within = new Deadline(left < action.Descriptor.Deadline ? left : action.Descriptor.Deadline, time, stopping);
            if (await ActWork.RefusalAsync(Request(job, job.Call, job.NotAfter), action, job.Plan, within.Token) is { } refusal)
            {
                return new CallFailed(refusal);
            }

            var outcome = await action.ApplyAsync(Request(job, job.Call, job.NotAfter), job.Plan, within.Token);
            Failpoint.Hit("after-effect-before-outcome");
            return new CallReturned(outcome);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return Failed(e, FailureKind.Unknown);
        }
    }

    /// <summary>
    /// An answer is needed before anything else can be done, so it is asked for again and again; what never comes is "nobody can tell".
    /// </summary>
    private async Task<ProbeResult> ProbeAsync(ProbePlan job, CancellationToken stopping)
    {
        var patience = time.GetUtcNow() + settings.Scaled(ProbePatience);
        while (true)
        {
            var notAfter = time.GetUtcNow() + ReadDeadline;
            try
            {
                using var within = Within(notAfter, stopping);
                return await actions.Get<IChangeAction>(job.Call.Use)
                    .ProbeAsync(Request(job, job.Call, notAfter), job.Plan, within.Token);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (e is KeyNotFoundException or ActionFailedException { Kind: FailureKind.Permanent } || time.GetUtcNow() > patience)
                {
                    return new(ProbeAnswer.Unknown, Describe(e));
                }

                await Task.Delay(settings.Scaled(Retry), time, stopping);
            }
        }
    }

    /// <summary>Taking back has preconditions of its own, so it is safe to try again, as long as its intent allows.</summary>
    private async Task<JobOutcome> UndoAsync(UndoPlan job, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var action = actions.Get<IUndoableAction>(job.Call.Use);
                using var within = Within(job.NotAfter, stopping);
                if (await ActWork.OtherAsync(Request(job, job.Call, job.NotAfter), action, job.Plan, within.Token) is { } other)
                {
                    return new CallReturned(new($"{other}; there is nothing to take back"));
                }

                var outcome = await action.UndoAsync(Request(job, job.Call, job.NotAfter), job.Plan, within.Token);
                Failpoint.Hit("after-undo-before-outcome");
                return new CallReturned(outcome);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                var retry = settings.Scaled(Retry);
                if (attempt == UndoAttempts
                    || time.GetUtcNow() + retry >= job.NotAfter
                    || e is KeyNotFoundException or ActionFailedException { Kind: FailureKind.Permanent })
                {
                    return Failed(e, FailureKind.Unknown);
                }

                await Task.Delay(retry, time, stopping);
            }
        }
    }

    private async Task<CheckResult> VerifyAsync(VerifyRepair job, CancellationToken stopping)
    {
        Failpoint.Hit("during-verification");
        // by elapsed time: the wall clock may be set while it is watched
        var (start, mark) = (time.GetUtcNow(), time.GetTimestamp());
        var watch = new RepairWatch(start, job.Within, job.Stable, ReadDeadline + (3 * settings.Scaled(LookPause)));
        while (true)
        {
            var check = await CheckAsync(job, stopping);
            if (watch.Add(start + time.GetElapsedTime(mark), check) is { } verdict)
            {
                return verdict;
            }

            await Task.Delay(settings.Scaled(LookPause), time, stopping);
        }
    }

    /// <summary>Null where nothing could be seen; that says nothing of the repair.</summary>
    private async Task<CheckResult?> CheckAsync(VerifyRepair job, CancellationToken stopping)
    {
        var notAfter = time.GetUtcNow() + ReadDeadline;
        try
        {
            var request = Request(job, job.Call, notAfter);
            var check = await CallAsync(
                "look", job.Call.Use, request, actions.Get<IVerifyAction>(job.Call.Use).CheckAsync, stopping);
            return job.Judge(check, request.Facts);
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<Told>> NotifyAsync(TellPeople job, CancellationToken stopping)
    {
        Failpoint.Hit("during-escalation");
        return await people.NotifyAsync("incident", job.Notification, stopping);
    }

    private Deadline Within(DateTimeOffset notAfter, CancellationToken stopping) => new(notAfter - time.GetUtcNow(), time, stopping);

    private ActionRequest Request(Job job, ActionCall call, DateTimeOffset notAfter) =>
        Request(job, call.ActionId, call.Input, Newest(job, call), notAfter);

    /// <summary>Facts as they are now where there are newer ones: a verification lasts longer than a view.</summary>
    private FactView Newest(Job job, ActionCall call) =>
        job is VerifyRepair && all.Current.View is var now && now.Version > call.Facts.Version
            ? now.Scope(job.Resource).With(call.Added)
            : call.Facts;

    private ActionRequest Request(Job job, string actionId, object input, FactView facts, DateTimeOffset notAfter) => new()
    {
        ActionId = actionId,
        IncidentId = job.IncidentId,
        Resource = job.Resource,
        Input = input,
        Facts = facts,
        NotAfter = notAfter,
        DurationScale = settings.DurationScale,
    };

    internal static CallFailed Failed(Exception e, FailureKind otherwise) =>
        new(e is ActionFailedException known ? known.Kind : otherwise, Describe(e));

    internal static string Describe(Exception e) => e is OperationCanceledException ? "it took too long" : e.Message;
}
