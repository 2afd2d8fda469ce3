using Remediator.Core.Alerts;
using Remediator.Core.Commands;
using Remediator.Core.Journal;
using Remediator.Grains.Calls;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Inbox;

/// <summary>
/// A probe goes the way of every alert, but past those that wait: it has come through when a grain's commit, on whichever replica, has
/// taken it out of the inbox. That alerts wait, many or for long, is no fault of a replica; that none of them is delivered any more is one.
/// </summary>
internal sealed class HealthProbe(IInbox inbox, TimeProvider time) : IHealthProbe
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    public async Task<string?> ProbeAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Ids.New(now);
        var probe = Alert(id, now);
        using var deadline = new Deadline(within, time, cancellationToken);
        var problem = "the pump or the grains do not work";
        try
        {
            while (!await IsAddedAsync())
            {
                await Task.Delay(Look, time, deadline.Token);
            }

            while (await inbox.FindAsync(probe, deadline.Token) is not null)
            {
                await Task.Delay(Look, time, deadline.Token);
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"a probe alert was not handled within {within.TotalSeconds:0.#} s; {problem}";
        }
        catch (StoreUnavailableException e)
        {
            return $"the store cannot be read: {e.Message}";
        }

        // in a storm the writer may have no room for a moment
        async Task<bool> IsAddedAsync()
        {
            try
            {
                await inbox.AddAsync([new(probe, InboxEntry.Probe, id, now)], deadline.Token);
                problem = "the pump or the grains do not work";
                return true;
            }
            catch (StoreUnavailableException e)
            {
                problem = $"the store cannot take an alert: {e.Message}";
                return false;
            }
        }
    }

    private static Alert Alert(string id, DateTimeOffset now) => new()
    {
        Name = "RemediatorHealthcheck",
        Status = AlertStatus.Resolved,
        Labels = new Dictionary<string, string> { ["alertname"] = "RemediatorHealthcheck" },
        StartsAt = now,
        EndsAt = now,
        Fingerprint = id,
    };
}
