using NRules;
using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>An NRules session and the view that it was shown last; a newer one costs what differs. Not thread-safe.</summary>
internal sealed class Memory(ISession session)
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
        foreach (var name in _shown.Keys.Union(view.Names, StringComparer.Ordinal).ToList()) Show(name, view.Named(name), gone, come);
        session.RetractAll(gone);
        session.InsertAll(come);
        session.Fire();
        (_view, _views) = (view, _views + 1);
    }

    private void Show(string name, IReadOnlyList<Fact> facts, List<Line> gone, List<Line> come)
    {
        _shown.TryGetValue(name, out var before);
        if (before?.Facts == facts) return;
        var left = new Dictionary<Fact, Stack<Line>>(SameLabels.Comparer);
        foreach (var line in before?.Lines ?? [])
        {
            if (left.TryGetValue(line.Fact, out var same)) same.Push(line);
            else left[line.Fact] = new([line]);
        }

        var lines = new Line[facts.Count];
        for (var i = 0; i < lines.Length; i++)
        {
            if (left.TryGetValue(facts[i], out var same) && same.TryPop(out var kept)) lines[i] = kept;
            else come.Add(lines[i] = new(facts[i]));
            lines[i].Place = i;
        }

        gone.AddRange(left.Values.SelectMany(l => l));
        if (lines.Length > 0) _shown[name] = new(facts, lines);
        else _shown.Remove(name);
    }

    private sealed record Shown(IReadOnlyList<Fact> Facts, Line[] Lines);
}
