using System.Collections.Concurrent;
using System.Collections.Frozen;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Rules;

internal sealed class NativeRuleProgram(RuleSet rules) : IRuleProgram
{
    /// <summary>Alertnames come from outside, so that what is kept of them has an end.</summary>
    private const int MaxKnownNames = 4096;

    private readonly CompiledRule[] _rules = [.. rules.Rules.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => new CompiledRule(r))];
    private readonly ConcurrentDictionary<string, Candidates> _candidates = new(StringComparer.Ordinal);

    public string Revision { get; } = rules.Revision;

    public Decision Decide(Fact alert, FactView view)
    {
        var trace = CandidatesFor(alert.Name).Evaluate(alert, view, out var winner);
        var nothing = new Decision
        {
            Kind = DecisionKind.None,
            Alert = alert.ToString(),
            RulesRevision = Revision,
            ViewVersion = view.Version,
            ViewAt = view.At,
            Trace = trace,
        };
        return winner is null ? nothing : Follow(winner.Rule, alert, nothing);
    }

    private Candidates CandidatesFor(string alertName)
    {
        if (_candidates.TryGetValue(alertName, out var known)) return known;
        var candidates = new Candidates(Array.FindAll(_rules, r => r.Rule.Alert.MatchesName(alertName)));
        return _candidates.Count < MaxKnownNames ? _candidates.GetOrAdd(alertName, candidates) : candidates;
    }

    private static Decision Follow(Rule rule, Fact alert, Decision nothing)
    {
        var kind = rule.Then.Kind;
        return rule.Then switch
        {
            RuleOutcome.Run run => nothing with { Kind = kind, Rule = rule.Name, For = rule.For, Playbook = run.Playbook, With = Render(run.With, alert) },
            RuleOutcome.Suppress suppress => nothing with { Kind = kind, Rule = rule.Name, For = rule.For, Message = Render(suppress.Reason, alert) },
            RuleOutcome.Escalate escalate => nothing with { Kind = kind, Rule = rule.Name, For = rule.For, Message = Render(escalate.Message, alert), Group = Group(escalate.Group, alert) },
            _ => throw new InvalidOperationException($"Rule '{rule.Name}' has an outcome of an unknown sort."),
        };
    }

    private static IReadOnlyDictionary<string, string> Render(IReadOnlyDictionary<string, LiquidText> with, Fact alert) =>
        with.Count == 0 ? FrozenDictionary<string, string>.Empty : with.ToDictionary(w => w.Key, w => Render(w.Value, alert));

    private static string Render(LiquidText text, Fact alert)
    {
        if (text.IsLiteral) return text.Source;
        var values = alert.Labels.ToDictionary(l => l.Key, l => (object)l.Value);
        values["alert"] = alert.Labels;
        values["resource"] = Resource(alert);
        return text.Render(values);
    }

    /// <summary>Alerts carry the labels of their resource; an alert without any speaks for itself.</summary>
    private static object Resource(Fact alert) => alert switch
    {
        _ when alert["workload"].Length > 0 => new ResourceKey("", alert["workload_kind"], alert["namespace"], alert["workload"]),
        _ when alert["node"].Length > 0 => new ResourceKey("", "node", "", alert["node"]),
        _ => alert.Name,
    };

    /// <summary>Without one of the labels there is nothing to share: the incident is the alert's own.</summary>
    private static IReadOnlyDictionary<string, string> Group(IReadOnlyList<string> labels, Fact alert) =>
        labels.Count == 0 || labels.Any(l => alert[l].Length == 0)
            ? FrozenDictionary<string, string>.Empty
            : labels.ToDictionary(l => l, l => alert[l]);
}
