using System.Collections.Frozen;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Rules;

/// <summary>What follows from the rules that match. The same for every engine: an engine only answers which rules match, and why.</summary>
public static class Conclusion
{
    /// <summary>
    /// Orders rules by which one wins, the winner first: a stop beats a start, then priority, then an escalation beats a suppression, then
    /// the name.
    /// </summary>
    public static int Compare(Rule one, Rule other)
    {
        var (mine, theirs) = (one.Then.Kind, other.Then.Kind);
        if (mine is DecisionKind.Run != theirs is DecisionKind.Run) return theirs is DecisionKind.Run ? -1 : 1;
        if (one.Priority != other.Priority) return other.Priority.CompareTo(one.Priority);
        if (mine != theirs) return mine is DecisionKind.Escalate ? -1 : 1;
        return string.CompareOrdinal(one.Name, other.Name);
    }

    /// <param name="winner">Of the rules that match, the one that beats the others; null where none matches.</param>
    public static Decision Of(Rule? winner, Fact alert, FactView view, string revision, IReadOnlyList<CandidateTrace> trace)
    {
        var nothing = new Decision
        {
            Kind = DecisionKind.None,
            Alert = alert.ToString(),
            RulesRevision = revision,
            ViewVersion = view.Version,
            ViewAt = view.At,
            Trace = trace,
        };
        return winner is null ? nothing : Follow(winner, alert, nothing);
    }

    private static Decision Follow(Rule rule, Fact alert, Decision nothing)
    {
        var kind = rule.Then.Kind;
        return rule.Then switch
        {
            RuleOutcome.Run run =>
                nothing with { Kind = kind, Rule = rule.Name, For = rule.For, Playbook = run.Playbook, With = Render(run.With, alert) },
            RuleOutcome.Suppress suppress =>
                nothing with { Kind = kind, Rule = rule.Name, For = rule.For, Message = Render(suppress.Reason, alert) },
            RuleOutcome.Escalate escalate =>
                nothing with {
                    Kind = kind,
                    Rule = rule.Name,
                    For = rule.For,
                    Message = Render(escalate.Message, alert),
                    Group = Group(escalate.Group, alert) },
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
        _ when alert["node"].Length > 0 => new ResourceKey("", ResourceKinds.Node, "", alert["node"]),
        _ => alert.Name,
    };

    /// <summary>Without one of the labels there is nothing to share: the incident is the alert's own.</summary>
    private static IReadOnlyDictionary<string, string> Group(IReadOnlyList<string> labels, Fact alert) =>
        labels.Count == 0 || labels.Any(l => alert[l].Length == 0)
            ? FrozenDictionary<string, string>.Empty
            : labels.ToDictionary(l => l, l => alert[l]);
}
