using Fluid;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>
/// A Liquid template, parsed at load: values, conditions and simple filters; no loops, files or clock. A value that is not there renders as
/// the empty text.
/// </summary>
public sealed class LiquidText
{
    /// <summary>A rendered text is cut after so many characters.</summary>
    public const int MaxLength = 4096;

    private readonly IFluidTemplate? _template;

    /// <exception cref="FormatException">The template cannot be read; the message says why.</exception>
    public LiquidText(string source)
    {
        Source = source;
        if (!source.Contains("{{", StringComparison.Ordinal) && !source.Contains("{%", StringComparison.Ordinal)) return;
        _template = LiquidDialect.Parse(source);
        var parts = LiquidParts.Of(_template);
        if (parts.UnknownFilter is { } filter)
            throw new FormatException($"there is no filter '{filter}'{Suggestion.For(filter, LiquidDialect.Filters)}");
        Variables = parts.Variables;
    }

    public string Source { get; }

    public bool IsLiteral => _template is null;

    /// <summary>What it reads, such as <c>zone</c> or <c>params.ceiling</c>.</summary>
    public IReadOnlyCollection<string> Variables { get; } = [];

    /// <summary>
    /// For people: where the values do not suit the template (a division by nothing), the template itself, so that a message is never lost.
    /// </summary>
    /// <param name="values">Texts, dictionaries of them, and a resource's key.</param>
    public string Render(IReadOnlyDictionary<string, object> values) => TryRender(values, out var text) ? text : Source;

    /// <returns>False where the values do not suit the template.</returns>
    public bool TryRender(IReadOnlyDictionary<string, object> values, out string text)
    {
        text = Source;
        if (_template is null) return true;
        try
        {
            text = LiquidDialect.Render(_template, values);
            return true;
        }
        catch (Exception e) when (
            e is InvalidOperationException or ArithmeticException or FormatException or ArgumentException or InvalidCastException)
        {
            return false;
        }
    }

    public override string ToString() => Source;
}
