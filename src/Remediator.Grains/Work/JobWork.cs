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

    public Task<JobResult> DoAsync(Job job, CancellationToken stopping) => job switch
    {
        CollectEvidence evidence => CollectAsync(evidence, stopping),
        LookAtResource look => LookAtAsync(look, stopping),
        MakePlan plan => PlanAsync(plan, stopping),
        ApplyPlan apply => ApplyAsync(apply, stopping),
        ProbePlan probe => ProbeAsync(probe, stopping),
        UndoPlan undo => UndoAsync(undo, stopping),
        WatchAct watch => acts.WatchAsync(watch, stopping),
        CancelAct cancel => acts.CancelAsync(cancel, stopping),
        VerifyRepair verify => VerifyAsync(verify, stopping),
        HoldPages hold => HoldAsync(hold, stopping),
        ReleasePages release => ReleaseAsync(release, stopping),
        TellPeople tell => NotifyAsync(tell, stopping),
        _ => throw new NotSupportedException($"There is no such job: {job.GetType().Name}."),
    };

    /// <summary>All at once, and within one deadline that the wait for a place is part of: people may wait for it.</summary>
    private async Task<JobResult> CollectAsync(CollectEvidence job, CancellationToken stopping)
    {
        var notAfter = time.GetUtcNow() + ReadDeadline;
        return Result(job) with { Evidence = await Task.WhenAll(job.Calls.Select(call => CollectAsync(job, call, notAfter, stopping))) };
    }

    private async Task<JobResult> LookAtAsync(LookAtResource job, CancellationToken stopping) =>
        Result(job) with { Looked = await looks.DoAsync(job, stopping) };

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

    private async Task<JobResult> PlanAsync(MakePlan job, CancellationToken stopping)
    {
        var notAfter = time.GetUtcNow() + ReadDeadline;
        try
        {
            var result = await CallAsync(
                "plan", job.Call.Use, Request(job, job.Call, notAfter), actions.Get<IChangeAction>(job.Call.Use).PlanAsync, stopping);
            return Result(job) with { Plan = result.Plan, Refusal = result.Refusal };
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return Failed(job, e, FailureKind.Transient);
        }
    }

    private async Task<JobResult> ApplyAsync(ApplyPlan job, CancellationToken stopping)
    {
        var left = job.NotAfter - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return Result(job) with { Failure = new(FailureKind.Transient, "its deadline was over before it began") };
        }

        Failpoint.Hit("before-call");
        try
        {
            // a clock that was set back must not give it more time than it was meant to have
            var action = actions.Get<IChangeAction>(job.Call.Use);
            using var within = new Deadline(left < action.Descriptor.Deadline ? left : action.Descriptor.Deadline, time, stopping);
            if (await ActWork.RefusalAsync(Request(job, job.Call, job.NotAfter), action, job.Plan, within.Token) is { } refusal)
            {
                return Result(job) with { Failure = refusal };
            }

            var outcome = await action.ApplyAsync(Request(job, job.Call, job.NotAfter), job.Plan, within.Token);
            Failpoint.Hit("after-effect-before-outcome");
            return Result(job) with { Outcome = outcome };
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return Failed(job, e, FailureKind.Unknown);
        }
    }

    /// <summary>
    /// An answer is needed before anything else can be done, so it is asked for again and again; what never comes is "nobody can tell".
    /// </summary>
    private async Task<JobResult> ProbeAsync(ProbePlan job, CancellationToken stopping)
    {
        var patience = time.GetUtcNow() + settings.Scaled(ProbePatience);
        while (true)
        {
            var notAfter = time.GetUtcNow() + ReadDeadline;
            try
            {
                using var within = Within(notAfter, stopping);
                return Result(job) with { Probe = await actions.Get<IChangeAction>(job.Call.Use)
                    .ProbeAsync(Request(job, job.Call, notAfter), job.Plan, within.Token) };
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (e is KeyNotFoundException or ActionFailedException { Kind: FailureKind.Permanent } || time.GetUtcNow() > patience)
                {
                    return Result(job) with { Probe = new(ProbeAnswer.Unknown, Describe(e)) };
                }

                await Task.Delay(settings.Scaled(Retry), time, stopping);
            }
        }
    }

    /// <summary>Taking back has preconditions of its own, so it is safe to try again, as long as its intent allows.</summary>
    private async Task<JobResult> UndoAsync(UndoPlan job, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var action = actions.Get<IUndoableAction>(job.Call.Use);
                using var within = Within(job.NotAfter, stopping);
                if (await ActWork.OtherAsync(Request(job, job.Call, job.NotAfter), action, job.Plan, within.Token) is { } other)
                {
                    return Result(job) with { Outcome = new($"{other}; there is nothing to take back") };
                }

                var outcome = await action.UndoAsync(Request(job, job.Call, job.NotAfter), job.Plan, within.Token);
                Failpoint.Hit("after-undo-before-outcome");
                return Result(job) with { Outcome = outcome };
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                var retry = settings.Scaled(Retry);
                if (attempt == UndoAttempts
                    || time.GetUtcNow() + retry >= job.NotAfter
                    || e is KeyNotFoundException or ActionFailedException { Kind: FailureKind.Permanent })
                {
                    return Failed(job, e, FailureKind.Unknown);
                }

                await Task.Delay(retry, time, stopping);
            }
        }
    }

    private async Task<JobResult> VerifyAsync(VerifyRepair job, CancellationToken stopping)
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
                return Result(job) with { Verification = verdict };
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
            return await CallAsync(
                "look", job.Call.Use, Request(job, job.Call, notAfter), actions.Get<IVerifyAction>(job.Call.Use).CheckAsync, stopping);
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<JobResult> NotifyAsync(TellPeople job, CancellationToken stopping)
    {
        Failpoint.Hit("during-escalation");
        return Result(job) with { Told = await people.NotifyAsync("incident", job.Notification, stopping) };
    }

    private async Task<JobResult> HoldAsync(HoldPages job, CancellationToken stopping) =>
        Result(job) with { Held = await pages.HoldAsync(job.Pages, stopping) };

    private async Task<JobResult> ReleaseAsync(ReleasePages job, CancellationToken stopping) =>
        Result(job) with { Released = await pages.ReleaseAsync(job.Pages, stopping), Why = job.Why };

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

    internal static JobResult Result(Job job) => new() { JobId = job.Id, IncidentId = job.IncidentId };

    internal static JobResult Failed(Job job, Exception e, FailureKind otherwise) =>
        Result(job) with { Failure = new(e is ActionFailedException known ? known.Kind : otherwise, Describe(e)) };

    internal static string Describe(Exception e) => e is OperationCanceledException ? "it took too long" : e.Message;
}
