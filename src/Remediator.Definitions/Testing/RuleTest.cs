using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Core.Rules;

namespace Remediator.Definitions.Testing;

/// <summary>Facts and an alert, and what the rules must say.</summary>
internal sealed record RuleTest(string File, int Line, string Name, IEnumerable<Fact> Facts, Fact Alert, RuleExpectation Expect)
    : DefinitionTest(File, Line, Name)
{
    internal override string? Failure(DefinitionSet definitions)
    {
        // As in production: the alert itself is among the active alerts.
        var view = new FactView(1, DateTimeOffset.UnixEpoch, FactSchema.IsKind(Alert.Name) ? Facts : [.. Facts, Alert]);
        var decision = definitions.Rules.Decide(Alert, view);
        var wrong = Expect.Differences(decision).ToList();
        return wrong.Count == 0 ? null : $"  {string.Join("\n  ", wrong)}\n  {decision.Explain().ReplaceLineEndings("\n  ")}";
    }
}

/// <param name="Kind">Null where any will do.</param>
/// <param name="Text">The playbook, or the rendered message; null where any will do.</param>
internal sealed record RuleExpectation(DecisionKind? Kind, string? Rule, string? Text, IReadOnlyDictionary<string, string>? With)
{
    public IEnumerable<string> Differences(Decision decision)
    {
        if (Kind is { } kind && kind != decision.Kind) yield return $"expected {Word(kind)}, got {Word(decision.Kind)}";
        if (Rule is not null && Rule != decision.Rule) yield return $"expected rule {Rule}, got {decision.Rule ?? "none"}";
        if (Kind is not null && Kind != decision.Kind) yield break;
        if (Text is not null && Text != (decision.Playbook ?? decision.Message))
            yield return $"expected '{Text}', got '{decision.Playbook ?? decision.Message}'";
        foreach (var (key, value) in With ?? new Dictionary<string, string>())
        {
            if (decision.With.GetValueOrDefault(key) is var got && got != value)
                yield return $"expected with {key}: '{value}', got '{got}'";
        }
    }

    private static string Word(DecisionKind kind) => kind is DecisionKind.None ? "no rule" : kind.ToString().ToLowerInvariant();
}
