using System.Collections;

namespace Remediator.Core.Facts;

/// <summary>Facts in chunks, so that the next version of a long list shares all chunks in which nothing changed.</summary>
internal sealed class FactList : IReadOnlyList<Fact>
{
    private const int ChunkBits = 9;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly Fact[][] _chunks;

    private FactList(Fact[][] chunks, int count) => (_chunks, Count) = (chunks, count);

    public static FactList Empty { get; } = new([], 0);

    public int Count { get; }

    public Fact this[int index] =>
        (uint)index < (uint)Count
            ? _chunks[index >> ChunkBits][index & (ChunkSize - 1)]
            : throw new ArgumentOutOfRangeException(nameof(index));

    public static FactList Of(IEnumerable<Fact> facts)
    {
        var chunks = facts.Chunk(ChunkSize).ToArray();
        return new(chunks, chunks.Sum(c => c.Length));
    }

    public IEnumerator<Fact> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return _chunks[i >> ChunkBits][i & (ChunkSize - 1)];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Makes the next version. A fact keeps its place while it is replaced; where one is gone, the last takes its place.</summary>
    internal sealed class Writer
    {
        private readonly Dictionary<Fact, int> _places = new(ReferenceEqualityComparer.Instance);
        private FactList _list = Empty;

        public FactList Apply(IReadOnlyList<FactChange> changes)
        {
            var chunks = new List<Fact[]>(_list._chunks);
            var own = new HashSet<int>();
            var count = _list.Count;
            foreach (var (before, after) in changes)
            {
                if (before is not null && after is not null)
                    Set(Taken(before), after);
                else if (after is not null)
                    Set(count++, after);
                else if (before is not null)
                    Remove(Taken(before));
            }

            var needed = (count + ChunkSize - 1) >> ChunkBits;
            chunks.RemoveRange(needed, chunks.Count - needed);
            return _list = new([.. chunks], count);

            int Taken(Fact fact) => _places.Remove(fact, out var place)
                ? place
                : throw new ArgumentException($"The fact {fact} is not in this list.", nameof(changes));

            void Remove(int place)
            {
                var last = --count;
                if (place != last)
                    Set(place, chunks[last >> ChunkBits][last & (ChunkSize - 1)]);
                Chunk(last)[last & (ChunkSize - 1)] = null!;
            }

            void Set(int place, Fact fact)
            {
                Chunk(place)[place & (ChunkSize - 1)] = fact;
                _places[fact] = place;
            }

            Fact[] Chunk(int place)
            {
                var number = place >> ChunkBits;
                if (number == chunks.Count)
                {
                    chunks.Add([]);
                }

                if (own.Add(number))
                {
                    var copy = new Fact[ChunkSize];
                    chunks[number].CopyTo(copy, 0);
                    chunks[number] = copy;
                }

                return chunks[number];
            }
        }
    }
}
