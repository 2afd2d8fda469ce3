using System.Runtime.InteropServices;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Watching;

/// <summary>What is known of one kind. Written by its list-watch; who makes views takes what has changed.</summary>
internal sealed class ObjectStore<T>
    where T : class, IKubeObject
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, T> _objects = [];
    private HashSet<ObjectName> _changed = [];

    public void Set(T value)
    {
        lock (_gate)
            _objects[value.Metadata.Key] = Noted(value);
    }

    /// <summary>
    /// One page of a list. An object that is the very version that is known stays, so that a list does not hold everything twice.
    /// </summary>
    public void SetAll(IReadOnlyList<T> page, HashSet<ObjectName> listed)
    {
        lock (_gate)
        {
            foreach (var value in page)
            {
                listed.Add(value.Metadata.Key);
                ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_objects, value.Metadata.Key, out _);
                if (known is null
                    || known.Metadata.Uid != value.Metadata.Uid
                    || known.Metadata.ResourceVersion != value.Metadata.ResourceVersion)
                    known = Noted(value);
            }
        }
    }

    /// <summary>There may be objects: the server does not let us see them.</summary>
    public bool IsForbidden { get; private set; }

    /// <summary>At the end of a list: what was not in it is gone.</summary>
    /// <param name="forbidden">There are none to be had because they may not be read.</param>
    public void KeepOnly(HashSet<ObjectName> listed, bool forbidden = false)
    {
        lock (_gate)
        {
            IsForbidden = forbidden;
            foreach (var key in _objects.Keys.Where(k => !listed.Contains(k)).ToList())
                Drop(key);
        }
    }

    public void Remove(ObjectName key)
    {
        lock (_gate)
            Drop(key);
    }

    /// <summary>What has changed since this was last asked, as it is now.</summary>
    public IReadOnlyList<Changed<T>> TakeChanges()
    {
        lock (_gate)
        {
            if (_changed.Count == 0)
                return [];

            var changes = new List<Changed<T>>(_changed.Count);
            foreach (var key in _changed)
                changes.Add(new(key, _objects.GetValueOrDefault(key)));
            _changed = [];
            return changes;
        }
    }

    /// <summary>Lets everything count as changed, for who begins anew.</summary>
    public void ForgetTaken()
    {
        lock (_gate)
            _changed.UnionWith(_objects.Keys);
    }

    private T Noted(T value)
    {
        _changed.Add(value.Metadata.Key);
        return value;
    }

    private void Drop(ObjectName key)
    {
        if (_objects.Remove(key))
            _changed.Add(key);
    }
}
