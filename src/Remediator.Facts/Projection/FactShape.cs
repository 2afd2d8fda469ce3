using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Remediator.Core.Facts;

namespace Remediator.Facts.Projection;

/// <summary>
/// The fields of one kind of fact. Facts of a kind share it, so that tens of thousands of them cost little more than their values.
/// </summary>
internal sealed class FactShape(string kind, params string[] fields)
{
    private readonly FrozenDictionary<string, int> _positions = fields.Index()
        .ToFrozenDictionary(f => f.Item, f => f.Index, StringComparer.Ordinal);

    public string Kind => kind;

    public IReadOnlyList<string> Fields => fields;

    /// <param name="values">In the order of the fields.</param>
    public Fact Make(DateTimeOffset since, params string[] values) =>
        values.Length == fields.Length
            ? new(kind, new Labels(this, values), since)
            : throw new ArgumentException($"A fact '{kind}' has {fields.Length} fields, not {values.Length}.", nameof(values));

    /// <summary>True where both say the same since the same time.</summary>
    public static bool AreSame(Fact one, Fact other) =>
        one.Since == other.Since
            && (one.Labels is Labels labels && other.Labels is Labels others ? labels.AreSame(others) : one.Equals(other));

    private sealed class Labels(FactShape shape, string[] values) : IReadOnlyDictionary<string, string>
    {
        private FactShape Shape => shape;

        private string[] All => values;

        public bool AreSame(Labels other) => shape == other.Shape && values.AsSpan().SequenceEqual(other.All);

        public string this[string key] =>
            TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"A fact '{shape.Kind}' has no field '{key}'.");

        public IEnumerable<string> Keys => shape.Fields;

        public IEnumerable<string> Values => values;

        public int Count => values.Length;

        public bool ContainsKey(string key) => shape._positions.ContainsKey(key);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
        {
            var found = shape._positions.TryGetValue(key, out var position);
            value = found ? values[position] : null;
            return found;
        }

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
        {
            for (var i = 0; i < values.Length; i++)
                yield return new(shape.Fields[i], values[i]);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
