using Remediator.Core.Actions;
using Remediator.Core.Incidents;

namespace Remediator.Grains;

/// <summary>Tells people by every way that is configured.</summary>
internal sealed class People(ActionRegistry actions, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>What became of each way; where there is none, why nobody was told.</returns>
    public async Task<IReadOnlyList<Told>> TellAsync(Notification notification, CancellationToken stopping)
    {
        var told = new List<Told>();
        foreach (var way in actions.All.OfType<INotifyAction>().Where(a => a.IsConfigured))
        {
            try
            {
                using var within = new Deadline(Patience, time, stopping);
                await way.NotifyAsync(notification, within.Token);
                told.Add(new(way.Descriptor.Name, null));
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                told.Add(new(way.Descriptor.Name, JobWork.Words(e)));
            }
        }

        return told.Count > 0 ? told : [new(Told.Nobody, "no way of telling people is configured: set Alertmanagers:0:Name and Alertmanagers:0:Urls:0, or Notify:Webhook:Url")];
    }
}
