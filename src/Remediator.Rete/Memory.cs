using NRules;
using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>An NRules session and the view that it was shown last; a newer one costs what differs. Not thread-safe.</summary>
/// <param name="terms">What rules can ask for: all else stays outside.</param>
internal sealed class Memory(ISession session, IReadOnlyCollection<Term> terms)
{
    private readonly Dictionary<string, Shown> _shown = new(StringComparer.Ordinal);
    private FactView? _view;
    private long _views;

    public IReadOnlyList<(CompiledRule Rule, CandidateTrace Trace)> Ask(Fact alert, FactView view)
    {
        if (_view != view) Show(view);
        var subject = new Subject(alert, _views);
        session.Insert(subject);
        session.Fire();
        session.Retract(subject);
        return subject.Answers;
    }

    private void Show(FactView view)
    {
        var (gone, come) = (new List<Line>(), new List<Line>());
        foreach (var name in _shown.Keys.Union(view.Names, StringComparer.Ordinal).Where(n => terms.Any(t => t.Selector.MatchesName(n))).ToList())
        {
            var before = _shown.GetValueOrDefault(name);
            var facts = view.Named(name);
            if (before?.Facts == facts) continue;
            _shown[name] = new(facts, Replace(before?.Lines ?? [], facts, gone, come));
            if (facts.Count == 0) _shown.Remove(name);
        }

        session.RetractAll(gone);
        session.InsertAll(come);
        session.Fire();
        (_view, _views) = (view, _views + 1);
    }

    /// <summary>Lines that say what they said stay in the network; most are in their old place.</summary>
    private static Line[] Replace(Line[] before, IReadOnlyList<Fact> facts, List<Line> gone, List<Line> come)
    {
        var lines = new Line[facts.Count];
        var left = new Dictionary<Fact, Stack<Line>>(SameLabels.Comparer);
        for (var i = 0; i < before.Length; i++)
        {
            if (i < lines.Length && SameLabels.Comparer.Equals(before[i].Fact, facts[i])) lines[i] = before[i];
            else if (left.TryGetValue(before[i].Fact, out var same)) same.Push(before[i]);
            else left[before[i].Fact] = new([before[i]]);
        }

        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] is not null) continue;
            if (left.TryGetValue(facts[i], out var same) && same.TryPop(out var kept)) lines[i] = kept;
            else come.Add(lines[i] = new(facts[i]));
            lines[i].Place = i;
        }

        gone.AddRange(left.Values.SelectMany(l => l));
        return lines;
    }

    private sealed record Shown(IReadOnlyList<Fact> Facts, Line[] Lines);
}
