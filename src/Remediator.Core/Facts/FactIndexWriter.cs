namespace Remediator.Core.Facts;

/// <summary>Makes an index of another one and of changes: copies a page, and the groups in it, when it first changes them.</summary>
internal sealed class FactIndexWriter(IndexLabels labels, FactIndexShape shape, FactGroup?[][] pages, int groups)
{
    /// <summary>In longer groups changes are gathered, and made in one pass at the end.</summary>
    private const int LongGroup = 64;

    private bool[] _ownPages = new bool[pages.Length];
    private readonly HashSet<FactGroup> _own = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FactGroup, List<FactChange>> _gathered = new(ReferenceEqualityComparer.Instance);
    private readonly string[] _on = new string[labels.On.Length];
    private readonly string[] _equal = new string[labels.Equal.Length];

    public void Add(Fact fact) => Change(new(null, fact));

    public void Change(in FactChange change)
    {
        var before = change.Before is { } gone ? Own(gone) : null;
        var after = change.After is { } come ? Own(come) : null;
        if (before == after)
        {
            Change(before, change);
            return;
        }

        Change(before, change with { After = null });
        Change(after, change with { Before = null });
    }

    public FactIndex Build()
    {
        foreach (var (group, changes) in _gathered) group.Facts = Changed(group.Facts, changes);
        var empty = 0;
        foreach (var group in _own)
        {
            if (group.Facts.Length > 0) continue;
            Unlink(group);
            empty++;
        }

        return new(labels, shape, pages, groups - empty);
    }

    private void Change(FactGroup? group, in FactChange change)
    {
        if (group is null) return;
        if (_gathered.TryGetValue(group, out var gathered))
            gathered.Add(change);
        else if (group.Facts.Length >= LongGroup)
            _gathered[group] = [change];
        else
            group.Facts = Changed(group.Facts, change);
    }

    private static Fact[] Changed(Fact[] facts, in FactChange change)
    {
        var (before, after) = change;
        if (before is null) return [.. facts, after!];
        var place = 0;
        while (place < facts.Length && !ReferenceEquals(facts[place], before)) place++;
        if (place == facts.Length) throw new ArgumentException($"The fact {before} is not in this index.");
        return after is null ? [.. facts[..place], .. facts[(place + 1)..]] : [.. facts[..place], after, .. facts[(place + 1)..]];
    }

    private static Fact[] Changed(Fact[] facts, List<FactChange> changes)
    {
        var replaced = new Dictionary<Fact, Fact?>(ReferenceEqualityComparer.Instance);
        foreach (var (before, after) in changes)
        {
            if (before is not null) replaced[before] = after;
        }

        var all = new List<Fact>(facts.Length + changes.Count);
        foreach (var fact in facts)
        {
            if (replaced.Count == 0 || !replaced.TryGetValue(fact, out var after)) all.Add(fact);
            else if (after is not null) all.Add(after);
        }

        foreach (var (before, after) in changes)
        {
            if (before is null) all.Add(after!);
        }

        return [.. all];
    }

    /// <summary>The group of a fact as this writer's own; null where the fact lacks a label to join on.</summary>
    private FactGroup? Own(Fact fact)
    {
        for (var i = 0; i < _on.Length; i++)
        {
            _on[i] = fact[labels.On[i]];
            if (_on[i].Length == 0) return null;
        }

        for (var i = 0; i < _equal.Length; i++) _equal[i] = fact[labels.Equal[i]];
        var hash = FactIndex.Combine(JoinKey.HashOf(_on), JoinKey.HashOf(_equal));
        ref var head = ref Head(hash);
        FactGroup? previous = null;
        for (var group = head; group is not null; previous = group, group = group.Next)
        {
            if (!_own.Contains(group))
            {
                group = group.Copy();
                _own.Add(group);
                if (previous is null) head = group;
                else previous.Next = group;
            }

            if (group.Hash == hash && group.Is(_on, _equal)) return group;
        }

        if (++groups > shape.Places)
        {
            Grow();
            head = ref Head(hash);
        }

        var added = new FactGroup(hash, [.. _on], _equal.Length == 0 ? [] : [.. _equal]) { Next = head };
        _own.Add(added);
        return head = added;
    }

    private ref FactGroup? Head(int hash)
    {
        var page = shape.Page(hash);
        if (!_ownPages[page])
        {
            pages[page] = [.. pages[page]];
            _ownPages[page] = true;
        }

        return ref pages[page][shape.Place(hash)];
    }

    /// <summary>All groups before an own one in its chain are own ones.</summary>
    private void Unlink(FactGroup group)
    {
        ref var head = ref Head(group.Hash);
        if (head == group)
        {
            head = group.Next;
            return;
        }

        var previous = head!;
        while (previous.Next != group) previous = previous.Next!;
        previous.Next = group.Next;
    }

    private void Grow()
    {
        var before = pages;
        shape = shape.Larger;
        pages = shape.NewPages();
        _ownPages = new bool[pages.Length];
        Array.Fill(_ownPages, true);
        foreach (var page in before)
        {
            foreach (var first in page)
            {
                for (FactGroup? group = first, next; group is not null; group = next)
                {
                    next = group.Next;
                    var own = _own.Contains(group) ? group : group.Copy();
                    _own.Add(own);
                    ref var head = ref Head(own.Hash);
                    own.Next = head;
                    head = own;
                }
            }
        }
    }
}
