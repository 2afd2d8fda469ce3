using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Remediator.Core.Actions;

/// <summary>An amount of memory or storage as Kubernetes writes it: <c>512Mi</c>, <c>1Gi</c>, <c>500M</c>, or plain bytes.</summary>
public readonly record struct Quantity(long Bytes) : IParsable<Quantity>
{
    private static readonly (string Suffix, decimal Factor)[] Units =
    [
        ("Ei", 1L << 60), ("Pi", 1L << 50), ("Ti", 1L << 40), ("Gi", 1L << 30), ("Mi", 1L << 20), ("Ki", 1L << 10),
        ("E", 1e18m), ("P", 1e15m), ("T", 1e12m), ("G", 1e9m), ("M", 1e6m), ("k", 1e3m), ("m", 1e-3m),
    ];

    private static readonly (string Suffix, decimal Factor) NoUnit = ("", 1);

    /// <summary>With the largest binary unit that leaves a whole number.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var (suffix, factor) = Units.FirstOrDefault(u => u.Suffix.Length == 2 && bytes != 0 && bytes % u.Factor == 0, NoUnit);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / factor:0}{suffix}");
    }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Quantity result)
    {
        result = default;
        var text = s?.Trim() ?? "";
        var (suffix, factor) = Units.FirstOrDefault(u => text.EndsWith(u.Suffix, StringComparison.Ordinal), NoUnit);
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint;
        var styles = suffix.Length == 0 ? Plain | NumberStyles.AllowExponent : Plain;
        if (!decimal.TryParse(text[..^suffix.Length], styles, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue / factor)
            return false;

        result = new((long)Math.Ceiling(number * factor));
        return true;
    }

    public static Quantity Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result)
            ? result
            : throw new FormatException($"'{s}' is not a quantity; expected a number with a unit, such as 512Mi or 1Gi.");
}
