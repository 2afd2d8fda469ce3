using System.Globalization;
using System.Reflection;
using Remediator.Core.Language;

namespace Remediator.Core.Actions;

/// <summary>Reads one value of a <c>with</c> as the type that an input asks for.</summary>
internal static class InputValue
{
    /// <returns>What was expected; null when it was read.</returns>
    public static string? Parse(Type type, string text, out object? value)
    {
        value = null;
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        if (inner == typeof(string))
        {
            value = text;
            return null;
        }

        if (inner == typeof(bool)) return Bool(text, out value);
        if (inner == typeof(TimeSpan)) return Time(text, out value);
        return inner.IsEnum ? Enumeration(inner, text, out value) : Parsable(inner, text, out value);
    }

    private static string? Bool(string text, out object? value)
    {
        value = text == "true";
        return text is "true" or "false" ? null : "true or false";
    }

    private static string? Time(string text, out object? value)
    {
        var read = Duration.TryParse(text, out var duration);
        value = duration;
        return read ? null : "a duration such as 30s, 5m, 2h30m or 1d";
    }

    private static string? Enumeration(Type type, string text, out object? value)
    {
        value = Enum.GetNames(type)
            .Zip(ActionInputType.Written(type))
            .Where(n => n.Second == text)
            .Select(n => Enum.Parse(type, n.First))
            .FirstOrDefault();
        return value is not null
            ? null
            : string.Join(", ", ActionInputType.Written(type)) + Suggestion.For(text, ActionInputType.Written(type));
    }

    private static string? Parsable(Type type, string text, out object? value)
    {
        var read = typeof(InputValue).GetMethod(nameof(ParseAs), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type);
        value = read.Invoke(null, [text]);
        if (value is not null) return null;
        return type switch
        {
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) || type == typeof(decimal) => "a number",
            _ when type == typeof(Percent) => "a percentage such as 25%",
            _ when type == typeof(Quantity) => "an amount such as 512Mi or 4Gi",
            _ => $"a {type.Name}",
        };
    }

    private static object? ParseAs<T>(string text)
        where T : IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
}
