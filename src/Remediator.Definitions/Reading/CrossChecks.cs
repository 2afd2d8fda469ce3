using Remediator.Core.Actions;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Definitions.Reading;

/// <summary>What can only be seen when all files have been read: names that are not there, or there twice.</summary>
internal static class CrossChecks
{
    public static void Run(
        IReadOnlyList<ReadRule> rules, IReadOnlyList<ReadPlaybook> playbooks, IReadOnlySet<string> unreadable, ActionRegistry actions)
    {
        foreach (var twins in rules.Where(r => r.Name is not null).GroupBy(r => r.Name!.Value, StringComparer.Ordinal))
        {
            var first = twins.First();
            foreach (var twin in twins.Skip(1))
                twin.Faults.At(twin.Name!, $"there is a rule '{twins.Key}' already: {first.Faults.File.PlaceOf(first.Name!)}");
        }

        foreach (var twins in playbooks.GroupBy(p => p.Playbook.Name, StringComparer.Ordinal))
        {
            foreach (var twin in twins.Skip(1))
                twin.Faults.At(twin.Name, $"there is a playbook '{twins.Key}' already: {twins.First().Playbook.Place}");
        }

        foreach (var playbook in playbooks) KnownFacts.Check(playbook, actions);
        foreach (var rule in rules) KnownFacts.Check(rule, actions);

        var byName = playbooks.DistinctBy(p => p.Playbook.Name).ToDictionary(p => p.Playbook.Name, p => p.Playbook, StringComparer.Ordinal);
        foreach (var rule in rules.Where(r => r.Playbook is not null && !unreadable.Contains(r.Playbook.Value))) Playbook(rule, byName);
    }

    private static void Playbook(ReadRule rule, Dictionary<string, Playbook> playbooks)
    {
        var name = rule.Playbook!.Value;
        if (!playbooks.TryGetValue(name, out var playbook))
        {
            rule.Faults.At(rule.Playbook, $"there is no playbook '{name}'{Suggestion.For(name, playbooks.Keys)}");
            return;
        }

        var known = Parameters(playbook);
        foreach (var key in rule.WithKeys.Where(k => !known.Contains(k.Value)))
            rule.Faults.At(
                key,
                $"playbook '{name}' reads no parameter "
                    + $"'{key.Value}'{(known.Count == 0 ? "; it reads none" : Suggestion.For(key.Value, known))}");
    }

    private static HashSet<string> Parameters(Playbook playbook) =>
        [.. Templates(playbook)
            .SelectMany(t => t.Variables)
            .Where(v => v.StartsWith("params.", StringComparison.Ordinal))
            .Select(v => v["params.".Length..])];

    private static IEnumerable<LiquidText> Templates(Playbook playbook) =>
        playbook.Evidence.SelectMany(e => e.With.Templates).Concat(playbook.Looks.SelectMany(l => l.With.Templates))
            .Concat(playbook.Ladder.SelectMany(s => s.With.Templates.Concat(s.Verify.With.Templates)))
            .Append(playbook.Escalate.Message);
}
