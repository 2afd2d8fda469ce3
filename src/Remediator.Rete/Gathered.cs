using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>What NRules has gathered for one term, by the values that it joins on. NRules puts another in its place when a fact of it changes.</summary>
internal sealed class Gathered(int id, Term term, Groups groups)
{
    private readonly Dictionary<JoinKey, Finding> _found = [];
    private Subject? _last;
    private Finding _lastFound;
    private long _view;

    public int Id => id;

    public Finding For(Subject subject)
    {
        if (_last == subject) return _lastFound;
        if (_view != subject.View) _found.Clear();
        (_last, _view, _lastFound) = (subject, subject.View, Find(JoinKey.Of(term.On, subject.Alert)));
        return _lastFound;
    }

    private Finding Find(JoinKey key)
    {
        if (key.Missing is { } label) return Finding.Undecidable(label);
        if (_found.TryGetValue(key, out var known)) return known;
        // keys come from alerts, and so from outside: only those that find something are remembered
        if (groups[key] is not { Count: > 0 } lines) return new([], 0);
        var facts = lines.OrderBy(l => l.Fact.Name, StringComparer.Ordinal).ThenBy(l => l.Place).Select(l => l.Fact).ToArray();
        return _found[key] = new(facts.Length > Finding.Shown ? facts[..Finding.Shown] : facts, facts.Length);
    }
}
