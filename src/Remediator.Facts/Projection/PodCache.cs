using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Most pods do not change between two views, so neither do their facts: they are made anew when the pod, its owner, its zone or its age changes.
/// Crashing pods are always judged anew, since a crash grows old without any change of the pod.</summary>
internal sealed class PodCache
{
    private Dictionary<Pod, Entry> _before = new(ReferenceEqualityComparer.Instance);
    private Dictionary<Pod, Entry> _now = new(ReferenceEqualityComparer.Instance);

    private sealed record Entry(PodState State, IReadOnlyList<Fact> Facts, DateTimeOffset Until);

    public PodState Judge(Pod pod, Owner owner, string zone, DateTimeOffset crashedSince, DateTimeOffset now)
    {
        if (!_before.TryGetValue(pod, out var entry) || entry.Until <= now || entry.State.Owner != owner || entry.State.Zone != zone)
        {
            var state = PodFacts.Judge(pod, owner, zone, crashedSince);
            entry = new(state, [.. PodFacts.Of(state, crashedSince, now)], state.Crashing ? now : NextMinute(pod, now));
        }

        _now[pod] = entry;
        return entry.State;
    }

    public IReadOnlyList<Fact> Facts(PodState state) => _now[state.Pod].Facts;

    /// <summary>Ends one view: pods that were not judged in it are forgotten.</summary>
    public void Forget()
    {
        (_before, _now) = (_now, _before);
        _now.Clear();
    }

    private static DateTimeOffset NextMinute(Pod pod, DateTimeOffset now)
    {
        var age = now - (pod.Metadata.CreationTimestamp ?? now);
        return now + TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(Math.Max(0, age.Ticks) % TimeSpan.TicksPerMinute);
    }
}
