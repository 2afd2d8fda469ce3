using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>
/// The pods with their facts. A pod is judged anew when it, its owner or its zone has changed, once a minute for its age and once for how
/// long it has not been ready, and at each view while it crashes (a crash grows old without any change of the pod) or while its owner is a
/// guess.
/// </summary>
internal sealed class PodTable(
    Ownership ownership, NodeTable nodes, WorkloadTable workloads, ClusterTopology topology, TimeSpan crashWindow)
{
    private readonly Dictionary<ObjectName, Entry> _pods = [];
    private readonly HashSet<Entry> _restless = [];
    private readonly MinuteWheel<Entry> _ages = new(e => e.Second);
    private readonly MinuteWheel<Entry> _unready = new(e => e.UnreadySecond);

    /// <param name="moved">Nodes whose zone has changed.</param>
    /// <param name="disowned">Pods whose owner may have changed.</param>
    public void Apply(
        IReadOnlyList<Changed<Pod>> changes, HashSet<string> moved, IEnumerable<PodState> disowned, FactDiff diff, DateTimeOffset now)
    {
        var judged = _restless.Concat(disowned.Select(p => _pods[p.Pod.Metadata.Key])).Concat(_ages.Due(now)).Concat(_unready.Due(now))
            .ToHashSet();
        if (moved.Count > 0)
            judged.UnionWith(_pods.Values.Where(e => moved.Contains(e.Pod.Spec.NodeName)));
        foreach (var (key, pod) in changes)
        {
            if (pod is not null)
                judged.Add(Know(key, pod));
            else if (_pods.Remove(key, out var gone))
                judged.Remove(Forget(gone, diff, now));
        }

        foreach (var entry in judged)
            Judge(entry, diff, now);
    }

    private Entry Know(ObjectName key, Pod pod)
    {
        if (!_pods.TryGetValue(key, out var entry))
            _pods[key] = entry = new();
        var before = entry.Second;
        entry.Pod = pod;
        entry.Second = MinuteWheel<Entry>.SecondOf(pod.Metadata.CreationTimestamp ?? default);
        if (entry.Second != before)
            _ages.Add(entry);
        return entry;
    }

    private Entry Forget(Entry entry, FactDiff diff, DateTimeOffset now)
    {
        (entry.Second, entry.UnreadySecond) = (-1, -1);
        _restless.Remove(entry);
        foreach (var fact in entry.Facts)
            diff.Remove(fact);
        if (entry.State is { } state)
        {
            workloads.Replace(state, null);
            topology.Remove(state, now);
        }

        return entry;
    }

    private void Judge(Entry entry, FactDiff diff, DateTimeOffset now)
    {
        var before = entry.State;
        var state = PodState.Judge(
            entry.Pod, ownership.Of(entry.Pod), nodes.ZoneOf(entry.Pod.Spec.NodeName), ownership.TemplateOf(entry.Pod), before, crashWindow,
            now);
        if (before is null || !before.IsSame(state))
        {
            entry.State = state;
            workloads.Replace(before, state);
            topology.Set(before, state);
        }

        var second = state.UnreadySince is { } since ? MinuteWheel<Entry>.SecondOf(since) : -1;
        if (second != entry.UnreadySecond)
        {
            entry.UnreadySecond = second;
            if (second >= 0)
                _unready.Add(entry);
        }

        entry.Facts = diff.Replace(entry.Facts, [.. PodFacts.Of(state, crashWindow, now)]);
        if (state.Crashing || !ownership.IsSettled(entry.Pod))
            _restless.Add(entry);
        else
            _restless.Remove(entry);
    }

    private sealed class Entry
    {
        public Pod Pod { get; set; } = null!;

        public PodState? State { get; set; }

        public Fact[] Facts { get; set; } = [];

        public int Second { get; set; } = -1;

        public int UnreadySecond { get; set; } = -1;
    }
}
