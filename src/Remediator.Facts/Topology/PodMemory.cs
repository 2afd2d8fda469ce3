using Remediator.Core.Resources;
using Remediator.Facts.Objects;
using Remediator.Facts.Projection;

namespace Remediator.Facts.Topology;

/// <summary>The owners of pods that are gone: an alert may come, or be worked on, long after.</summary>
internal sealed class PodMemory(string cluster, TimeSpan keep, int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, (Owner Owner, string App, DateTimeOffset GoneAt)> _gone = [];
    private readonly Queue<(ObjectName Pod, DateTimeOffset GoneAt)> _byAge = new();
    private Dictionary<ObjectName, (Owner Owner, string App)> _there = [];

    /// <summary>Remembers the pods that were in the last view and are not in this one, and forgets the oldest.</summary>
    public void See(IEnumerable<PodState> pods, DateTimeOffset now)
    {
        lock (_gate)
        {
            var there = pods.ToDictionary(p => p.Pod.Metadata.Key, p => (p.Owner, ClusterTopology.App(p.Pod)));
            foreach (var (pod, (owner, app)) in _there.Where(p => !there.ContainsKey(p.Key)))
            {
                _gone[pod] = (owner, app, now);
                _byAge.Enqueue((pod, now));
            }

            _there = there;
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
            return _gone.TryGetValue(new(space, name), out var pod) ? new(space, name, pod.Owner.Key(cluster), "", "", pod.App, false) : null;
    }
}
