using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Remediator.Core.Actions;

/// <summary>A share as it is written: <c>25%</c>.</summary>
public readonly record struct Percent(decimal Value) : IParsable<Percent>
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:0.##}%");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Percent result)
    {
        result = default;
        if (s?.Trim() is not [.. var digits, '%']
            || !decimal.TryParse(
                digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value)
            || value > 1000)
        {
            return false;
        }

        result = new(value);
        return true;
    }

    public static Percent Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result)
            ? result
            : throw new FormatException($"'{s}' is not a percentage; expected a number with a percent sign, such as 25%.");
}
