using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>The owners of pods that are gone: an alert may come, or be worked on, long after.</summary>
internal sealed class PodMemory(string cluster, TimeSpan keep, int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, (Owner Owner, string App, DateTimeOffset GoneAt)> _gone = [];
    private readonly Queue<(ObjectName Pod, DateTimeOffset GoneAt)> _byAge = new();

    public void Remember(PodState pod, DateTimeOffset now)
    {
        lock (_gate)
        {
            _gone[pod.Pod.Metadata.Key] = (pod.Owner, ClusterTopology.App(pod.Pod), now);
            _byAge.Enqueue((pod.Pod.Metadata.Key, now));
        }
    }

    /// <summary>Forgets what is too old, and the oldest of too many.</summary>
    public void ForgetOld(DateTimeOffset now)
    {
        lock (_gate)
        {
            while (_byAge.TryPeek(out var oldest) && (_byAge.Count > most || now - oldest.GoneAt > keep))
            {
                _byAge.Dequeue();
                if (_gone.TryGetValue(oldest.Pod, out var remembered) && remembered.GoneAt == oldest.GoneAt)
                    _gone.Remove(oldest.Pod);
            }
        }
    }

    public TopologyPod? Find(string space, string name)
    {
        lock (_gate)
            return _gone.TryGetValue(new(space, name), out var pod)
                ? new(space, name, pod.Owner.Key(cluster), "", "", pod.App, false)
                : null;
    }
}
