using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>Where a condition is written, which decides what it may refer to.</summary>
public enum ConditionPlace { Rule, Problem, Step }

/// <summary>Finds kinds, fields and values that no fact can have.</summary>
public static class SchemaCheck
{
    public static IEnumerable<TextFault> Of(Condition condition, ConditionPlace place) =>
        condition.Terms.SelectMany(t => Of(t, place));

    /// <summary>The selector of the alert that a rule is for.</summary>
    public static IEnumerable<TextFault> OfAlert(Selector selector)
    {
        if (selector.Name is { } name && FactSchema.IsKind(name))
            yield return new(
                selector.Offset,
                selector.Alias is { } alias
                    ? $"'{alias}' means facts of the kind '{name}', not alerts; write it in 'when'"
                    : $"'{name}' is a kind of fact, not an alert; write it in 'when': {name}{{...}}");
    }

    /// <summary>A selector that rules will use by its name.</summary>
    public static IEnumerable<TextFault> OfNamed(Selector selector) => Of(selector, ConditionPlace.Rule);

    private static IEnumerable<TextFault> Of(Term term, ConditionPlace place)
    {
        if (place is not ConditionPlace.Rule && term.On.Length > 0)
            yield return new(term.Offset, "a playbook sees only its own resource: 'on' has nothing to join with");
        foreach (var fault in Of(term.Selector, place)) yield return fault;
        if (term.Selector.Name is not { } name || !FactSchema.TryGet(name, out var kind)) yield break;
        foreach (var label in term.On.Where(l => !kind.Has(l))) yield return new(term.Offset, NoField(kind, label));
    }

    private static IEnumerable<TextFault> Of(Selector selector, ConditionPlace place)
    {
        if (selector.Name is not { } name) yield break;
        if (name is "evidence" or "done" && place is not ConditionPlace.Step)
            yield return new(selector.Offset, $"{name} is known only to the 'when' of a playbook's steps");
        if (FactSchema.TryGet(name, out var kind))
        {
            foreach (var fault in selector.Written.Select(m => Of(m, kind)).OfType<TextFault>()) yield return fault;
        }
        else if (LooksLikeKind(name))
        {
            yield return new(
                selector.Offset, $"there is no kind of fact '{name}'{Suggestion.For(name, FactSchema.Kinds.Select(k => k.Name))}");
        }
    }

    private static TextFault? Of(Matcher matcher, FactKind kind)
    {
        if (!kind.Has(matcher.Label)) return new(matcher.Offset, NoField(kind, matcher.Label));
        if (matcher is not TextMatcher { Text.Length: > 0 } text
            || kind.Fields.FirstOrDefault(f => f.Name == matcher.Label)?.Values is not { } values)
            return null;
        return values.Contains(text.Text)
            ? null
            : new(matcher.Offset, $"'{matcher.Label}' of {kind.WithArticle} is never '{text.Text}'; it is {Listed(values)}");
    }

    private static string NoField(FactKind kind, string label) =>
        $"{kind.WithArticle} has no field '{label}'{Suggestion.For(label, kind.Fields.Select(f => f.Name))}";

    /// <summary>Kinds are in lower case; the names of alerts have capitals.</summary>
    private static bool LooksLikeKind(string name) => name.All(c => char.IsAsciiLetterLower(c) || c is '_');

    private static string Listed(IReadOnlyList<string> values) =>
        values.Count == 1 ? $"'{values[0]}'" : $"{string.Join(", ", values.SkipLast(1).Select(v => $"'{v}'"))} or '{values[^1]}'";
}
