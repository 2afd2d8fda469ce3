using Fluid;
using Fluid.Values;
using Remediator.Core.Resources;

namespace Remediator.Core.Rules;

/// <summary>
/// The part of Liquid that is safe on labels from outside: whatever they hold, rendering ends at once and reads nothing but its values.
/// </summary>
internal static class LiquidDialect
{
    private static readonly string[] Tags = ["if", "unless", "case", "comment", "raw"];
    private static readonly FluidParser Parser = CreateParser();
    private static readonly TemplateOptions Options = CreateOptions();

    public static IReadOnlyList<string> Filters { get; } =
    [
        "append", "prepend", "capitalize", "downcase", "upcase", "default", "remove", "remove_first", "size", "slice", "strip", "lstrip",
        "rstrip",
        "truncate", "truncatewords", "first", "last", "plus", "minus", "times", "divided_by", "modulo", "round", "ceil", "floor", "abs",
    ];

    public static IFluidTemplate Parse(string source) =>
        Parser.TryParse(source, out var template, out var error)
            ? template
            : throw new FormatException($"this is not valid Liquid: {error}");

    public static string Render(IFluidTemplate template, IReadOnlyDictionary<string, object> values)
    {
        var context = new TemplateContext(Options);
        foreach (var (name, value) in values) context.SetValue(name, ToFluid(value));
        var text = template.Render(context);
        return text.Length <= LiquidText.MaxLength ? text : text[..LiquidText.MaxLength];
    }

    private static FluidValue ToFluid(object value) => value switch
    {
        string text => StringValue.Create(text),
        ResourceKey key => new LiquidResource(key),
        IReadOnlyDictionary<string, string> texts =>
            Dictionary(texts.Select(t => KeyValuePair.Create(t.Key, (FluidValue)StringValue.Create(t.Value)))),
        IReadOnlyDictionary<string, object> objects => Dictionary(objects.Select(o => KeyValuePair.Create(o.Key, ToFluid(o.Value)))),
        bool flag => BooleanValue.Create(flag),
        IFormattable number => StringValue.Create(number.ToString(null, System.Globalization.CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException($"A template cannot show a {value.GetType().Name}.", nameof(value)),
    };

    private static DictionaryValue Dictionary(IEnumerable<KeyValuePair<string, FluidValue>> values) =>
        new(new FluidValueDictionaryFluidIndexable(new Dictionary<string, FluidValue>(values, StringComparer.Ordinal)));

    private static FluidParser CreateParser()
    {
        var parser = new FluidParser(new FluidParserOptions { AllowLiquidTag = false, AllowFunctions = false });
        foreach (var tag in parser.RegisteredTags.Keys.Except(Tags).ToArray()) parser.RegisteredTags.Remove(tag);
        return parser;
    }

    private static TemplateOptions CreateOptions() =>
        new() { MaxSteps = 10_000, MaxRecursion = 20, ModelNamesComparer = StringComparer.Ordinal };
}
