using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>The alert to decide about: in the network for this one decision, whose answers it collects.</summary>
/// <param name="view">Counts the views that the network was shown.</param>
internal sealed class Subject(Fact alert, long view)
{
    private readonly List<(CompiledRule Rule, CandidateTrace Trace)> _answers = [];

    public Fact Alert => alert;

    public string Name => alert.Name;

    public long View => view;

    public IReadOnlyList<(CompiledRule Rule, CandidateTrace Trace)> Answers
    {
        get
        {
            _answers.Sort((a, b) => string.CompareOrdinal(a.Trace.Rule, b.Trace.Rule));
            return _answers;
        }
    }

    public void Answer(CompiledRule rule, Gathered[] terms)
    {
        var findings = new Finding[terms.Length];
        for (var i = 0; i < terms.Length; i++) findings[i] = terms[i].For(this);
        _answers.Add((rule, rule.Answer(alert, findings)));
    }
}
