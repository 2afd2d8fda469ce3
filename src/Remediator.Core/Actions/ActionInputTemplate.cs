using Remediator.Core.Rules;

namespace Remediator.Core.Actions;

/// <summary>A step's <c>with</c>: literals were bound and checked at load; templates are rendered when the step is planned.</summary>
public sealed class ActionInputTemplate
{
    private readonly ActionInputType _type;
    private readonly IReadOnlyDictionary<string, object?> _literals;
    private readonly IReadOnlyDictionary<string, LiquidText> _templates;

    internal ActionInputTemplate(
        ActionInputType type, IReadOnlyDictionary<string, object?> literals, IReadOnlyDictionary<string, LiquidText> templates)
    {
        (_type, _literals, _templates) = (type, literals, templates);
    }

    /// <summary>Always this input; for steps without a file behind them.</summary>
    public static ActionInputTemplate Of(object input)
    {
        var type = new ActionInputType(input.GetType());
        return new(type, type.ValuesOf(input), new Dictionary<string, LiquidText>());
    }

    /// <summary>The templates among its values.</summary>
    public IEnumerable<LiquidText> Templates => _templates.Values;

    /// <summary>The action's input record.</summary>
    /// <param name="values">What Liquid sees: <c>alert</c>, <c>resource</c>, <c>params</c>, <c>evidence</c>.</param>
    /// <exception cref="FormatException">A rendered value does not fit; the message names key and value.</exception>
    public object Bind(IReadOnlyDictionary<string, object> values)
    {
        if (_templates.Count == 0) return _type.Create(_literals);
        var bound = new Dictionary<string, object?>(_literals);
        foreach (var (key, template) in _templates)
        {
            if (!template.TryRender(values, out var text))
                throw new FormatException($"'{ActionInputType.Written(key)}' cannot be rendered (from {template.Source})");
            if (text.Length == 0 && _type.IsOptional(key)) continue;
            bound[key] = _type.TryBind(key, text, out var value) is { } fault
                ? throw new FormatException($"{fault} (from {template.Source})")
                : value;
        }

        return _type.Create(bound);
    }
}
