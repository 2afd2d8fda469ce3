using Remediator.Facts.Objects;

namespace Remediator.Facts.Watching;

/// <summary>What is known of one kind. Written by its list-watch, read as snapshots.</summary>
internal sealed class ObjectStore<T>
    where T : class, IKubeObject
{
    private readonly Lock _gate = new();
    private Dictionary<ObjectName, T> _objects = [];
    private T[]? _snapshot;

    /// <summary>There may be objects: the server does not let us see them.</summary>
    public bool IsForbidden { get; private set; }

    /// <param name="forbidden">There are none to be had because they may not be read.</param>
    public void Replace(IEnumerable<T> objects, bool forbidden = false)
    {
        var all = objects.ToDictionary(o => o.Metadata.Key);
        lock (_gate)
        {
            IsForbidden = forbidden;
            _objects = all;
            _snapshot = null;
        }
    }

    public void Set(T value)
    {
        lock (_gate)
        {
            _objects[value.Metadata.Key] = value;
            _snapshot = null;
        }
    }

    public void Remove(ObjectName key)
    {
        lock (_gate)
        {
            _objects.Remove(key);
            _snapshot = null;
        }
    }

    public IReadOnlyList<T> Snapshot()
    {
        lock (_gate)
            return _snapshot ??= [.. _objects.Values];
    }
}
