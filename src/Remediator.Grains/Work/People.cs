using System.Collections.Concurrent;
using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Work;

/// <summary>Tells people by every way that is configured, each for itself.</summary>
internal sealed class People(ActionRegistry actions, Bulkheads bulkheads, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, string> _failing = new(StringComparer.Ordinal);

    /// <param name="sort">What they are told of; each sort has places of its own.</param>
    /// <returns>What became of each way; where there is none, why nobody was told.</returns>
    public async Task<IReadOnlyList<Told>> NotifyAsync(string sort, Notification notification, CancellationToken stopping)
    {
        var told = await Task.WhenAll(
            actions.All.OfType<INotifyAction>().Where(a => a.IsConfigured).Select(way => NotifyAsync(way, sort, notification, stopping)));
        return told.Length > 0
            ? told
            : [new(
                Told.NoWayConfigured,
                "there is no way to tell people: set Alertmanagers:0:Name and Alertmanagers:0:Urls:0, or Notify:Webhook:Url")];
    }

    private async Task<Told> NotifyAsync(INotifyAction way, string sort, Notification notification, CancellationToken stopping)
    {
        var name = way.Descriptor.Name;
        var begun = false;
        try
        {
            using var within = new Deadline(Patience, time, stopping);
            await bulkheads.CallAsync(
                $"{sort}/{name}",
                async token =>
                {
                    begun = true;
                    await way.NotifyAsync(notification, token);
                    return true;
                },
                within.Token);
            _failing.TryRemove(name, out _);
            return new(name, null);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // who got no turn because the way hangs for others says what it does to them, lest each be another failure
            return new(name, begun ? _failing[name] = JobWork.Describe(e) : _failing.GetValueOrDefault(name, JobWork.Describe(e)));
        }
    }
}
