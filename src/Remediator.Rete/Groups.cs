using NRules.Aggregators;
using NRules.RuleModel;
using Remediator.Core.Facts;

namespace Remediator.Rete;

/// <summary>
/// Facts by the values that a term joins on; an aggregate for NRules. Its own lookup is not used: it keeps the key of every fact that it ever had,
/// and so grows for as long as facts change.
/// </summary>
internal sealed class Groups(IAggregateExpression key) : IAggregator
{
    private readonly Dictionary<JoinKey, HashSet<Line>> _lines = [];
    private bool _told;

    public IReadOnlyCollection<Line> this[JoinKey values] => _lines.TryGetValue(values, out var lines) ? lines : [];

    public IReadOnlyCollection<AggregationResult> Add(AggregationContext context, ITuple tuple, IReadOnlyCollection<IFact> facts)
    {
        foreach (var fact in facts)
        {
            var values = KeyOf(context, tuple, fact);
            if (!_lines.TryGetValue(values, out var lines)) _lines[values] = lines = [];
            lines.Add((Line)fact.Value!);
        }

        return Changed();
    }

    /// <summary>A line never changes what it says.</summary>
    public IReadOnlyCollection<AggregationResult> Modify(AggregationContext context, ITuple tuple, IReadOnlyCollection<IFact> facts) => Changed();

    public IReadOnlyCollection<AggregationResult> Remove(AggregationContext context, ITuple tuple, IReadOnlyCollection<IFact> facts)
    {
        foreach (var fact in facts)
        {
            var values = KeyOf(context, tuple, fact);
            var lines = _lines[values];
            lines.Remove((Line)fact.Value!);
            if (lines.Count == 0) _lines.Remove(values);
        }

        return Changed();
    }

    private JoinKey KeyOf(AggregationContext context, ITuple tuple, IFact fact) => (JoinKey)key.Invoke(context, tuple, fact)!;

    private AggregationResult[] Changed()
    {
        var told = _told;
        _told = true;
        return [told ? AggregationResult.Modified(this, this, []) : AggregationResult.Added(this, [])];
    }

    internal sealed class Factory : IAggregatorFactory
    {
        public const string Key = "key";
        private IAggregateExpression? _key;

        public void Compile(AggregateElement element, IReadOnlyCollection<IAggregateExpression> compiledExpressions) => _key = compiledExpressions.FindSingle(Key);

        public IAggregator Create(AggregationContext context) => new Groups(_key!);
    }
}
