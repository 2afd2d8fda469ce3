namespace Remediator.Core.Rules;

/// <summary>The operators that compare numbers.</summary>
public enum Comparison { Greater, GreaterOrEqual, Less, LessOrEqual, Equal, NotEqual }

internal static class Comparisons
{
    public static string Symbol(this Comparison comparison) => comparison switch
    {
        Comparison.Greater => ">",
        Comparison.GreaterOrEqual => ">=",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Equal => "==",
        _ => "!=",
    };

    public static bool Holds(this Comparison comparison, double left, double right) => comparison switch
    {
        Comparison.Greater => left > right,
        Comparison.GreaterOrEqual => left >= right,
        Comparison.Less => left < right,
        Comparison.LessOrEqual => left <= right,
        Comparison.Equal => left.Equals(right),
        _ => !left.Equals(right),
    };
}
