using System.Collections.Concurrent;
using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;

namespace Remediator.Grains;

/// <summary>A probe goes the way of every alert; it has come through when a grain's commit has taken it out of the inbox.</summary>
internal sealed class HealthProbe(IInbox inbox, IFactViews views, TimeProvider time) : IHealthProbe
{
    public const string Source = "healthcheck";

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    public async Task<string?> ProbeAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Ids.New(now);
        var arrived = _waiting.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await inbox.AddAsync([new(Alert(id, now), Source, id, now)], cancellationToken);
            await arrived.Task.WaitAsync(within, time, cancellationToken);
            return null;
        }
        catch (TimeoutException)
        {
            var view = views.Current;
            var waits = view.Problem.Length > 0 ? $"alerts wait for a view of the cluster: {view.Problem}" : "the pump or the grains do not work";
            return $"a probe alert did not come through within {within.TotalSeconds:0.#} s; {waits}";
        }
        catch (StoreUnavailableException e)
        {
            return $"the store cannot take an alert: {e.Message}";
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>A grain's commit has taken this row out of the inbox.</summary>
    public void Arrived(InboxRow row)
    {
        if (row.Source == Source && _waiting.TryGetValue(row.Alert.Fingerprint, out var waiting))
        {
            waiting.TrySetResult();
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
