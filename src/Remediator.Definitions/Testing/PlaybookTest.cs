using Remediator.Core.Facts;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Core.Rules;

namespace Remediator.Definitions.Testing;

/// <summary>Facts of one resource, and whether a playbook's problem holds and which step would be the first.</summary>
internal sealed record PlaybookTest(
    string File, int Line, string Name, string Playbook, ResourceKey Resource, IEnumerable<Fact> Facts, IReadOnlyList<Fact> Looked,
    PlaybookExpectation Expect)
    : DefinitionTest(File, Line, Name)
{
    internal override string? Failure(DefinitionSet definitions)
    {
        var playbook = definitions.Playbooks[Playbook];
        var all = new FactView(1, DateTimeOffset.UnixEpoch, Facts);
        var view = all.Scope(Resource).With([.. all.Named("evidence"), .. all.Named("done"), .. Looked]);
        var wrong = Expect.Differences(playbook, view).ToList();
        return wrong.Count == 0 ? null : $"  {string.Join("\n  ", wrong)}";
    }
}

/// <param name="Holds">Whether the problem is there; null where it does not matter.</param>
/// <param name="First">The step that would be first; empty for none, null where it does not matter.</param>
/// <param name="After">How long that one waits; null where it does not matter.</param>
/// <param name="PassedOver">Steps whose <c>when</c> does not hold, or that are never taken where these facts hold.</param>
internal sealed record PlaybookExpectation(bool? Holds, string? First, TimeSpan? After, IReadOnlyList<string> PassedOver)
{
    public IEnumerable<string> Differences(Playbook playbook, FactView view)
    {
        var missing = FirstMissing(playbook.Problem, view);
        if (Holds is { } holds && holds != missing is null)
            yield return holds
                ? $"expected the problem to hold, but {missing!.Text}: {missing.Found}"
                : "expected the problem to be gone, but it holds";
        var first = playbook.Ladder.FirstOrDefault(s => WhySkipped(playbook, s, view) is null);
        if (First is not null && First != (first?.Name ?? "")) yield return Otherwise(playbook, first, view);
        if (After is not null && first is not null && Waits.Of(playbook, first, view).Time is { } wait && wait != After)
            yield return $"expected '{first.Name}' to wait for {Duration.Format(After.Value)}, but it waits for {Duration.Format(wait)}";
        foreach (var step in playbook.Ladder.Where(s => PassedOver.Contains(s.Name) && WhySkipped(playbook, s, view) is null))
            yield return $"expected '{step.Name}' to be skipped, but its conditions hold";
    }

    private string Otherwise(Playbook playbook, LadderStep? first, FactView view)
    {
        var expected = playbook.Ladder.FirstOrDefault(s => s.Name == First);
        var why = expected is not null && WhySkipped(playbook, expected, view) is { } skipped ? $"; it is skipped: {skipped}" : "";
        return $"expected the first step to be {Quoted(First!)}, got {Quoted(first?.Name ?? "")}{why}";
    }

    private static string Quoted(string step) => step.Length == 0 ? "none" : $"'{step}'";

    /// <returns>Null where it would be taken.</returns>
    private static string? WhySkipped(Playbook playbook, LadderStep step, FactView view) =>
        FirstMissing(step.When, view) is { } trace ? $"{trace.Text}: {trace.Found}"
        : Waits.Of(playbook, step, view) is { Time: null, Why: var why } ? why
        : null;

    private static ConditionTrace? FirstMissing(IReadOnlyList<Condition> conditions, FactView view) =>
        conditions.Select(c => c.Evaluate("when", null, view)).FirstOrDefault(t => !t.Ok);
}
