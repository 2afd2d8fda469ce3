using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Journal;
using Remediator.Core.Worlds;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Work;

/// <summary>
/// What acts need besides being applied: that the target is still the planned one, and for those that go on after their call, looks and an
/// early end.
/// </summary>
internal sealed class ActWork(ActionRegistry actions, Bulkheads bulkheads, EngineSettings settings, TimeProvider time)
{
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Until it has ended, something else is seen than before, or its time is over. Looks that fail are made again.</summary>
    public async Task<ActStatus> WatchAsync(WatchAct job, CancellationToken stopping)
    {
        while (true)
        {
            var status = await TryLookAsync(job, stopping);
            if (status.State is not ActState.InProgress
                || status.Seen != job.Act.Seen
                || status.NeedsPush != job.Act.NeedsPush
                || time.GetUtcNow() >= job.Act.Until)
            {
                if (status.State is ActState.InProgress)
                {
                    Failpoint.Hit("before-progress");
                }
                else
                {
                    Failpoint.Hit("after-end-before-outcome");
                }

                return status;
            }

            var left = job.Act.Until - time.GetUtcNow();
            await Task.Delay(left < job.Act.LookAgain ? left : job.Act.LookAgain, time, stopping);
        }
    }

    public async Task<JobOutcome> CancelAsync(CancelAct job, CancellationToken stopping)
    {
        try
        {
            var action = actions.Get<ICancellableAction>(job.Call.Use);
            var request = Request(job, job.Call, job.NotAfter);
            using var within = new Deadline(job.NotAfter - time.GetUtcNow(), time, stopping);
            if (await RefusalAsync(request, action, job.Plan, within.Token) is { } refusal)
            {
                return new CallFailed(refusal);
            }

            var outcome = await action.CancelAsync(request, job.Plan, job.Handle, within.Token);
            Failpoint.Hit("after-cancel-before-outcome");
            return new CallReturned(outcome);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return JobWork.Failed(e, FailureKind.Unknown);
        }
    }

    /// <summary>
    /// Why nothing may be done to the target. Nothing has been done by then: that it cannot be read is no reason to ask whether something
    /// was.
    /// </summary>
    public static async Task<JobFailure?> RefusalAsync(
        ActionRequest request, IChangeAction action, ActionPlan plan, CancellationToken within)
    {
        try
        {
            return await OtherAsync(request, action, plan, within) is { } other
                ? new(FailureKind.Permanent, $"{other}; nothing was done")
                : null;
        }
        catch (Exception e) when (e is ActionFailedException or OperationCanceledException)
        {
            return new(
                e is ActionFailedException { Kind: FailureKind.Permanent } ? FailureKind.Permanent : FailureKind.Transient,
                JobWork.Describe(e));
        }
    }

    /// <summary>In words what is there instead of the planned target; null where it is that, or gone.</summary>
    public static async Task<string?> OtherAsync(ActionRequest request, IChangeAction action, ActionPlan plan, CancellationToken within) =>
        TargetIdentity.Difference(request.Resource.Display, plan, await action.IdentifyAsync(request, plan, within));

    private async Task<ActStatus> TryLookAsync(WatchAct job, CancellationToken stopping)
    {
        try
        {
            var action = actions.Get<IWatchedAction>(job.Call.Use);
            var request = Request(job, job.Call, time.GetUtcNow() + ReadDeadline);
            using var within = new Deadline(ReadDeadline, time, stopping);
            return await bulkheads.CallAsync($"watch/{job.Call.Use.Split('.')[0]}/{job.Resource.Cluster}", token =>
                LookAsync(job, action, request, token), within.Token);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return e is KeyNotFoundException or ActionFailedException { Kind: FailureKind.Permanent } || time.GetUtcNow() >= job.Act.Until
                ? new(ActState.Unknown, JobWork.Describe(e))
                : new(ActState.InProgress, job.Act.Seen) { NeedsPush = job.Act.NeedsPush };
        }
    }

    private static async Task<ActStatus> LookAsync(WatchAct job, IWatchedAction action, ActionRequest request, CancellationToken within) =>
        await OtherAsync(request, action, job.Plan, within) is { } other
            ? new(ActState.Failed, $"{other}; nothing more is done to it")
            : await action.WatchAsync(request, job.Plan, job.Act.Handle, within);

    private ActionRequest Request(Job job, ActionCall call, DateTimeOffset notAfter) => new()
    {
        ActionId = call.ActionId,
        IncidentId = job.IncidentId,
        Resource = job.Resource,
        Input = call.Input,
        Facts = call.Facts,
        NotAfter = notAfter,
        DurationScale = settings.DurationScale,
    };
}
