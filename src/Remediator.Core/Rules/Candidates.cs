using System.Buffers;
using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>Where a condition's terms are among all of the candidates' terms; <paramref name="Over"/> is -1 without a second.</summary>
internal readonly record struct TermSlots(int Term, int Over);

/// <summary>The rules for one alertname. What several of them ask is asked once.</summary>
internal sealed class Candidates
{
    private readonly CompiledRule[] _rules;
    private readonly Selector[] _selectors;
    private readonly int[] _selectorOf;
    private readonly (Term Term, int Join)[] _terms;
    private readonly TermSlots[][] _slotsOf;
    private readonly string[][] _joins;

    public Candidates(CompiledRule[] rules)
    {
        _rules = rules;
        var selectors = new Distinct<Selector>();
        var terms = new Distinct<Term>();
        var joins = new Distinct<string[]>();
        _selectorOf = [.. rules.Select(r => selectors.Add(r.AlertText, r.Rule.Alert))];
        _slotsOf = [.. rules.Select(r => r.Conditions.Select(c => new TermSlots(Add(terms, c.Term), c.Over is null ? -1 : Add(terms, c.Over))).ToArray())];
        _terms = [.. terms.All.Select(t => (t, joins.Add(string.Join(',', t.On), t.On)))];
        _selectors = [.. selectors.All];
        _joins = [.. joins.All];
    }

    public CandidateTrace[] Evaluate(Fact alert, FactView view, out CompiledRule? winner)
    {
        var findings = ArrayPool<Finding>.Shared.Rent(_terms.Length);
        try
        {
            Find(alert, view, findings);
            return Evaluate(alert, findings, out winner);
        }
        finally
        {
            ArrayPool<Finding>.Shared.Return(findings, clearArray: true);
        }
    }

    private void Find(Fact alert, FactView view, Finding[] findings)
    {
        var keys = new JoinKey[_joins.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = JoinKey.Of(_joins[i], alert);
        for (var i = 0; i < _terms.Length; i++)
        {
            var (term, join) = _terms[i];
            findings[i] = term.Find(keys[join], view);
        }
    }

    private CandidateTrace[] Evaluate(Fact alert, Finding[] findings, out CompiledRule? winner)
    {
        var failing = new Matcher?[_selectors.Length];
        for (var i = 0; i < failing.Length; i++) failing[i] = _selectors[i].FirstFailing(alert);
        var traces = new CandidateTrace[_rules.Length];
        winner = null;
        for (var i = 0; i < _rules.Length; i++)
        {
            traces[i] = _rules[i].Evaluate(alert, failing[_selectorOf[i]], _slotsOf[i], findings);
            if (traces[i].Matched && (winner is null || Conclusion.Beats(_rules[i].Rule, winner.Rule))) winner = _rules[i];
        }

        return traces;
    }

    private static int Add(Distinct<Term> terms, Term term) => terms.Add(term.ToString(), term);

    private sealed class Distinct<T>
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

        public List<T> All { get; } = [];

        public int Add(string key, T value)
        {
            if (_places.TryGetValue(key, out var place)) return place;
            All.Add(value);
            return _places[key] = All.Count - 1;
        }
    }
}
