using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>The rules for one alertname. What several of them ask is asked once. Immutable and thread-safe.</summary>
public sealed class Candidates
{
    private readonly Candidate[] _candidates;
    private readonly Selector[] _selectors;
    private readonly (Term Term, int Join)[] _terms;
    private readonly string[][] _joins;

    internal Candidates(IReadOnlyList<Rule> rules)
    {
        var selectors = new Distinct<Selector>();
        var terms = new Distinct<Term>();
        var joins = new Distinct<string[]>();
        _candidates = [.. rules.OrderBy(r => r.Name, StringComparer.Ordinal)
            .Select(r => new Candidate(r, selectors.Add(r.Alert.ToString(), r.Alert), Conditions(r, terms)))];
        _terms = [.. terms.All.Select(t => (t, joins.Add(string.Join(',', t.On), t.On)))];
        _selectors = [.. selectors.All];
        _joins = [.. joins.All];
        Kinds = [.. rules.SelectMany(r => r.When.Concat(r.Unless)).SelectMany(c => c.Kinds).Distinct()];
    }

    /// <summary>The kinds of facts that any of them names.</summary>
    public IReadOnlyList<string> Kinds { get; }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<Candidate> All => _candidates;

    /// <returns>What each term finds, in the order of <see cref="CandidateCondition.Term"/>.</returns>
    public Finding[] Find(Fact alert, FactView view)
    {
        var keys = new JoinKey[_joins.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = JoinKey.Of(_joins[i], alert);
        var findings = new Finding[_terms.Length];
        for (var i = 0; i < findings.Length; i++)
        {
            var (term, join) = _terms[i];
            findings[i] = term.Find(keys[join], view);
        }

        return findings;
    }

    /// <summary>Every candidate with every condition answered.</summary>
    /// <param name="best">Of those that match, the one that beats the others.</param>
    public CandidateTrace[] Trace(Fact alert, ReadOnlySpan<Finding> findings, out Rule? best)
    {
        var failing = new Matcher?[_selectors.Length];
        for (var i = 0; i < failing.Length; i++) failing[i] = _selectors[i].FirstFailing(alert);
        var traces = new CandidateTrace[_candidates.Length];
        best = null;
        for (var i = 0; i < traces.Length; i++)
        {
            var candidate = _candidates[i];
            traces[i] = candidate.Evaluate(alert, failing[candidate.Selector], findings);
            if (traces[i].Matched && (best is null || Conclusion.Compare(candidate.Rule, best) < 0)) best = candidate.Rule;
        }

        return traces;
    }

    private static CandidateCondition[] Conditions(Rule rule, Distinct<Term> terms)
    {
        return [.. rule.When.Select(c => Asked(Condition.WhenClause, c)), .. rule.Unless.Select(c => Asked(Condition.UnlessClause, c))];

        CandidateCondition Asked(string clause, Condition condition) =>
            new(clause, condition, Add(condition.Term), condition.Over is null ? -1 : Add(condition.Over));

        int Add(Term term) => terms.Add(term.ToString(), term);
    }

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
