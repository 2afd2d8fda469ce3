using System.Globalization;

namespace Remediator.Core.Actions;

/// <summary>What a plan said would be won, beside what was measured once it was done.</summary>
/// <param name="Expected">Null where the plan did not speak of it.</param>
/// <param name="Got">Null where nothing was measured.</param>
public sealed record GainSeen(string Of, long? Expected, long? Got)
{
    private const double Tolerance = 0.1;

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Every amount of which either speaks, those of the plan first.</summary>
    public static IReadOnlyList<GainSeen> Compare(IReadOnlyList<Gain> expected, IReadOnlyList<Gain> got) =>
        [.. from of in expected.Concat(got).Select(g => g.Of).Distinct(StringComparer.Ordinal)
            select new GainSeen(of, Sum(expected, of), Sum(got, of))];

    /// <summary>Within a tenth of what was expected. Nothing measured is not as expected.</summary>
    public bool IsAsExpected() => Expected is not { } wanted || (Got is { } won && Math.Abs(won - wanted) <= Math.Abs(wanted) * Tolerance);

    /// <summary><c>bytes on /var: 1.9 GiB of 2.0 GiB expected</c>.</summary>
    public string Describe() =>
        $"{Of}: {(Got is { } won ? Amount(won) : "not measured")}"
            + $"{(Expected is { } wanted ? $" of {Amount(wanted)} expected" : "")}"
            + $"{(IsAsExpected() ? "" : ", which is more than 10% off")}";

    private static long? Sum(IReadOnlyList<Gain> gains, string of) =>
        gains.Any(g => g.Of == of) ? gains.Where(g => g.Of == of).Sum(g => g.Amount) : null;

    private string Amount(long amount)
    {
        if (Of != "bytes" && !Of.StartsWith("bytes ", StringComparison.Ordinal))
            return amount.ToString(CultureInfo.InvariantCulture);

        var unit = 0;
        double value = amount;
        for (; Math.Abs(value) >= 1024 && unit < Units.Length - 1; unit++)
            value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, 1)} {Units[unit]}");
    }
}
