using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;

namespace Remediator.Grains;

/// <summary>A probe goes the way of every alert; it has come through when a grain's commit, on whichever replica, has taken it out of the inbox.</summary>
internal sealed class HealthProbe(IInbox inbox, IFactViews views, TimeProvider time) : IHealthProbe
{
    public const string Source = "healthcheck";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    public async Task<string?> ProbeAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Ids.New(now);
        var probe = Alert(id, now);
        using var deadline = new Deadline(within, time, cancellationToken);
        try
        {
            await inbox.AddAsync([new(probe, Source, id, now)], deadline.Token);
            while (await inbox.FindAsync(probe, deadline.Token) is not null)
            {
                await Task.Delay(Look, time, deadline.Token);
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var view = views.Current;
            var waits = view.Problem.Length > 0 ? $"alerts wait for a view of the cluster: {view.Problem}" : "the pump or the grains do not work";
            return $"a probe alert did not come through within {within.TotalSeconds:0.#} s; {waits}";
        }
        catch (StoreUnavailableException e)
        {
            return $"the store cannot take an alert: {e.Message}";
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
