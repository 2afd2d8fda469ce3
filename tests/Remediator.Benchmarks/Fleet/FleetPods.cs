using System.Diagnostics;

namespace Remediator.Benchmarks.Fleet;

/// <summary>The pods of a cluster, how they change, and the last changes for those who watch.</summary>
internal sealed class FleetPods
{
    private const int KeptChanges = 20_000;

    private readonly Lock _gate = new();
    private readonly FleetObjects _objects;
    private readonly FleetPod[] _pods;
    private readonly List<FleetChange> _changes = [];
    private readonly FleetText _text = new();
    private readonly int _singles;
    private long _version = 1;
    private long _forgotten;

    public FleetPods(FleetObjects objects, FleetShape shape)
    {
        (_objects, _singles) = (objects, shape.Singles);
        // made within the last ten days, most of them not long ago
        var now = Now;
        _pods = [.. Enumerable.Range(0, shape.Pods)
            .Select(i => now - 60 - (i * 7907L % 864_000 * (i % 5) / 4))
            .Select(since => new FleetPod(1, 0, PodCondition.Ready, 0, since, since + 20))];
    }

    public long Version => Interlocked.Read(ref _version);

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public void Write(FleetText text, int slot)
    {
        FleetPod pod;
        lock (_gate)
            pod = _pods[slot];
        _objects.WritePod(text, slot, pod);
    }

    public string NameOf(int slot)
    {
        lock (_gate)
            return _objects.NameOf(slot, _pods[slot].Generation);
    }

    /// <returns>Null where that version has been forgotten.</returns>
    public IReadOnlyList<FleetChange>? After(long version)
    {
        lock (_gate)
        {
            if (version < _forgotten)
                return null;

            var first = _changes.Count;
            while (first > 0 && _changes[first - 1].Version > version)
                first--;
            return _changes[first..];
        }
    }

    public void Forget()
    {
        lock (_gate)
        {
            _version++;
            _forgotten = _version;
            _changes.Clear();
        }
    }

    public void Set(int slot, PodCondition state)
    {
        lock (_gate)
            Happen(
                "MODIFIED",
                slot,
                _pods[slot] with {
                    State = state,
                    Changed = Now,
                    Restarts = _pods[slot].Restarts + (state == PodCondition.NotReady ? 0 : 1) });
    }

    /// <summary>Two changes: one pod goes, and one of another name takes its place.</summary>
    public void Replace(int slot, PodCondition state)
    {
        lock (_gate)
        {
            Happen("DELETED", slot, _pods[slot]);
            var now = Now;
            Happen("ADDED", slot, new(0, _pods[slot].Generation + 1, state, state == PodCondition.Crashing ? 3 : 0, now - 1, now));
        }
    }

    /// <summary>
    /// At a fixed pace: of four changes two are of a pod's state, and two replace one. Single deployments are left alone.
    /// </summary>
    /// <returns>The number of changes made.</returns>
    public async Task<long> ChangeAsync(int perSecond, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var random = new Random(1);
        var made = 0L;
        while (!cancellationToken.IsCancellationRequested)
        {
            while (made < clock.Elapsed.TotalSeconds * perSecond)
            {
                var slot = random.Next(_singles, _pods.Length);
                if (made % 4 == 0)
                {
                    Replace(slot, PodCondition.Ready);
                    made += 2;
                }
                else
                {
                    Set(slot, _pods[slot].State == PodCondition.Ready ? PodCondition.NotReady : PodCondition.Ready);
                    made++;
                }
            }

            await Task.Delay(10, CancellationToken.None);
        }

        return made;
    }

    private void Happen(string type, int slot, FleetPod pod)
    {
        _version++;
        _pods[slot] = pod with { Version = _version };
        _text.Clear();
        _text.Add($$$"""{"type":"{{{type}}}","object":""");
        _objects.WritePod(_text, slot, _pods[slot]);
        _text.Add("}\n"u8);
        _changes.Add(new(_version, _text.Written.ToArray()));
        if (_changes.Count > KeptChanges)
        {
            _forgotten = _changes[KeptChanges / 2].Version;
            _changes.RemoveRange(0, (KeptChanges / 2) + 1);
        }
    }
}

internal sealed record FleetChange(long Version, ReadOnlyMemory<byte> Event);
