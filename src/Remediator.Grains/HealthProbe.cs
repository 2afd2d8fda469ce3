using Remediator.Core.Alerts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;

namespace Remediator.Grains;

/// <summary>A probe goes the way of every alert; it has come through when a grain's commit has taken it out of the inbox.</summary>
internal sealed class HealthProbe(IInbox inbox, TimeProvider time) : IHealthProbe
{
    public const string Source = "healthcheck";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public async Task<string?> ProbeAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Ids.New(now);
        try
        {
            await inbox.AddAsync([new(Alert(id, now), Source, id, now)], cancellationToken);
            while (await IsWaitingAsync(id, cancellationToken))
            {
                if (time.GetUtcNow() - now > within)
                {
                    return $"a probe alert has waited in the inbox for {within.TotalSeconds:0.#} s; the pump or the grains do not work";
                }

                await Task.Delay(Poll, time, cancellationToken);
            }

            return null;
        }
        catch (StoreUnavailableException e)
        {
            return $"the store cannot take an alert: {e.Message}";
        }
    }

    private async Task<bool> IsWaitingAsync(string id, CancellationToken cancellationToken)
    {
        var after = 0L;
        while (await inbox.WaitingAsync(after, 1000, cancellationToken) is { Count: > 0 } rows)
        {
            if (rows.Any(r => r.Alert.Fingerprint == id))
            {
                return true;
            }

            after = rows[^1].Id;
        }

        return false;
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
