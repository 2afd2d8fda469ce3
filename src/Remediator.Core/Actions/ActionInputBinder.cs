using Remediator.Core.Language;
using Remediator.Core.Rules;

namespace Remediator.Core.Actions;

/// <summary>One key of a <c>with</c> as it was written.</summary>
/// <param name="Text">The value; it is a template where it holds <c>{{</c> or <c>{%</c>.</param>
public sealed record InputEntry(string Key, string Text);

/// <param name="Key">The key that is at fault; null where one is missing or the values do not go together.</param>
/// <param name="InValue">Whether the value is at fault and not the key.</param>
public sealed record InputFault(string? Key, bool InValue, string Message);

/// <summary>Binds a <c>with</c> to an action's input record, and finds all that is wrong with it.</summary>
public static class ActionInputBinder
{
    /// <returns>Null where there were faults, which were added.</returns>
    public static ActionInputTemplate? Bind(Type input, IReadOnlyList<InputEntry> entries, ICollection<InputFault> faults)
    {
        var type = new ActionInputType(input);
        var literals = new Dictionary<string, object?>();
        var templates = new Dictionary<string, LiquidText>();
        var before = faults.Count;
        foreach (var entry in entries)
        {
            if (type.Find(entry.Key) is not { } key)
                faults.Add(new(entry.Key, false, $"unknown key '{entry.Key}'{Hint(entry.Key, type)}"));
            else if (literals.ContainsKey(key) || templates.ContainsKey(key))
                faults.Add(new(entry.Key, false, $"'{ActionInputType.Written(key)}' is given twice"));
            else
                Bind(type, key, entry, literals, templates, faults);
        }

        foreach (var missing in type.Required.Where(
            k => !literals.ContainsKey(k) && !templates.ContainsKey(k) && !entries.Any(e => type.Find(e.Key) == k)))
            faults.Add(new(null, false, $"'{ActionInputType.Written(missing)}' is missing"));
        if (faults.Count == before && templates.Count == 0) CheckWhole(type, literals, faults);
        return faults.Count > before ? null : new(type, literals, templates);
    }

    private static void Bind(
        ActionInputType type, string key, InputEntry entry, Dictionary<string, object?> literals, Dictionary<string, LiquidText> templates,
        ICollection<InputFault> faults)
    {
        try
        {
            var text = new LiquidText(entry.Text);
            if (!text.IsLiteral) templates[key] = text;
            else if (type.TryBind(key, entry.Text, out var value) is { } fault) faults.Add(new(entry.Key, true, fault));
            else literals[key] = value;
        }
        catch (FormatException e)
        {
            faults.Add(new(entry.Key, true, e.Message));
        }
    }

    private static void CheckWhole(ActionInputType type, Dictionary<string, object?> literals, ICollection<InputFault> faults)
    {
        try
        {
            type.Create(literals);
        }
        catch (FormatException e)
        {
            faults.Add(new(null, false, e.Message));
        }
    }

    private static string Hint(string key, ActionInputType type)
    {
        var known = type.Keys.Select(ActionInputType.Written).ToList();
        if (known.Count == 0) return "; it takes none";
        return Suggestion.Nearest(key, known) is null ? $"; it takes {string.Join(", ", known)}" : Suggestion.For(key, known);
    }
}
