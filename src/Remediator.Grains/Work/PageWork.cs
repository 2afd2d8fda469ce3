using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Journal;
using Remediator.Core.Pages;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Work;

/// <summary>Holds pages and gives them back, each alert by itself: what fails for one is no reason for another.</summary>
internal sealed class PageWork(IEnumerable<IPageSilences> configured, Bulkheads bulkheads, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IPageSilences? _silences = configured.FirstOrDefault();

    public bool CanHold(string? source) => _silences?.CanHold(source) ?? false;

    public Task<PageOutcome[]> HoldAsync(IReadOnlyList<PageHold> holds, CancellationToken stopping) =>
        EachAsync("hold", holds, async (hold, token) =>
    {
        if (time.GetUtcNow() >= hold.Until)
        {
            throw new ActionFailedException(FailureKind.Permanent, "its time was over before it began");
        }

        var silence = await Silences.HoldAsync(hold, token);
        Failpoint.Hit("after-page-is-held");
        return silence;
    }, stopping);

    public Task<PageOutcome[]> ReleaseAsync(IReadOnlyList<PageHold> holds, CancellationToken stopping) =>
        EachAsync("release", holds, (hold, token) => Silences.ReleaseAsync(hold, token), stopping);

    private IPageSilences Silences =>
        _silences ?? throw new ActionFailedException(FailureKind.Permanent, "no Alertmanager is configured any more");

    private Task<PageOutcome[]> EachAsync(
        string sort,
        IReadOnlyList<PageHold> holds,
        Func<PageHold, CancellationToken, Task<string?>> work,
        CancellationToken stopping) => Task.WhenAll(holds.Select(async hold =>
    {
        try
        {
            using var within = new Deadline(Patience, time, stopping);
            return new PageOutcome(
                hold.Fingerprint, await bulkheads.CallAsync($"{sort}/pages", token => work(hold, token), within.Token), null)
            {
                Until = hold.Until,
            };
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return new PageOutcome(
                hold.Fingerprint, null, new(e is ActionFailedException known ? known.Kind : FailureKind.Unknown, JobWork.Describe(e)));
        }
    }));
}
