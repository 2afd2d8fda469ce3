using System.Runtime.InteropServices;

namespace Remediator.Core.Facts;

/// <summary>The facts of one bucket, grouped by the values of some labels. A hash table of its own, because a lookup brings its hash with it.</summary>
internal sealed class FactIndex
{
    private readonly Group[] _groups;
    private readonly int[] _heads;
    private readonly int _mask;

    public FactIndex(ReadOnlySpan<Fact> facts, IndexLabels labels)
    {
        _mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, facts.Length * 2)) - 1;
        _heads = new int[_mask + 1];
        var groups = new List<Group>();
        var members = new int[facts.Length];
        var (on, equal) = (new string[labels.On.Length], new string[labels.Equal.Length]);
        for (var i = 0; i < facts.Length; i++)
        {
            Read(facts[i], labels.On, on);
            Read(facts[i], labels.Equal, equal);
            members[i] = FindOrAdd(groups, on, equal);
        }

        _groups = [.. groups];
        Lay(facts, members);
    }

    public Fact[] Find(in JoinKey key, string[] equal, int equalHash)
    {
        var hash = Combine(key.Hash, equalHash);
        for (var i = _heads[hash & _mask]; i > 0; i = _groups[i - 1].Next)
        {
            ref readonly var group = ref _groups[i - 1];
            if (group.Hash == hash && group.Is(key.Values, equal)) return group.Facts;
        }

        return [];
    }

    private int FindOrAdd(List<Group> groups, string[] on, string[] equal)
    {
        var hash = Combine(JoinKey.HashOf(on), JoinKey.HashOf(equal));
        ref var head = ref _heads[hash & _mask];
        for (var i = head; i > 0; i = groups[i - 1].Next)
        {
            if (groups[i - 1].Hash != hash || !groups[i - 1].Is(on, equal)) continue;
            CollectionsMarshal.AsSpan(groups)[i - 1].Count++;
            return i - 1;
        }

        groups.Add(new() { Hash = hash, On = [.. on], Equal = [.. equal], Next = head, Count = 1 });
        head = groups.Count;
        return head - 1;
    }

    /// <summary>In the order that they had. Each group has an array of its own, so that who keeps one does not keep the view.</summary>
    private void Lay(ReadOnlySpan<Fact> facts, int[] members)
    {
        for (var g = 0; g < _groups.Length; g++)
        {
            _groups[g].Facts = new Fact[_groups[g].Count];
            _groups[g].Count = 0;
        }

        for (var i = 0; i < facts.Length; i++)
        {
            ref var group = ref _groups[members[i]];
            group.Facts[group.Count++] = facts[i];
        }
    }

    private static void Read(Fact fact, string[] labels, string[] values)
    {
        for (var i = 0; i < labels.Length; i++) values[i] = fact[labels[i]];
    }

    private static int Combine(int on, int equal) => unchecked((on * -1640531535) + equal);

    private struct Group
    {
        public int Hash;
        public string[] On;
        public string[] Equal;
        public Fact[] Facts;
        public int Next;
        public int Count;

        public readonly bool Is(string[] on, string[] equal)
        {
            for (var i = 0; i < on.Length; i++)
            {
                if (!string.Equals(On[i], on[i])) return false;
            }

            for (var i = 0; i < equal.Length; i++)
            {
                if (!string.Equals(Equal[i], equal[i])) return false;
            }

            return true;
        }
    }
}
