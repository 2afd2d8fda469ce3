using System.Collections.Concurrent;
using System.Globalization;
using k8s.Models;

namespace Remediator.Facts.Projection;

/// <summary>Values as the language of rules knows them: text, empty where unknown.</summary>
internal static class Texts
{
    private const int MostQuantities = 10_000;

    private static readonly string[] Small = [.. Enumerable.Range(0, 1024).Select(i => i.ToString(CultureInfo.InvariantCulture))];
    private static readonly ConcurrentDictionary<string, string> Quantities = new(StringComparer.Ordinal);

    public static string Of(bool value) => value ? "true" : "false";

    public static string Of(long value) => value >= 0 && value < Small.Length ? Small[value] : value.ToString(CultureInfo.InvariantCulture);

    public static string Minutes(DateTimeOffset? since, DateTimeOffset now) =>
        since is { } begin ? Of(Math.Max(0, (long)(now - begin).TotalMinutes)) : "";

    /// <summary><c>512Mi</c> as bytes, <c>250m</c> as cores; empty where there is none or it cannot be read.</summary>
    public static string Quantity(IReadOnlyDictionary<string, string> quantities, string resource)
    {
        if (!quantities.TryGetValue(resource, out var text))
            return "";
        if (Quantities.TryGetValue(text, out var known))
            return known;
        if (Quantities.Count >= MostQuantities)
            Quantities.Clear();
        return Quantities[text] = Parse(text);
    }

    private static string Parse(string text)
    {
        try
        {
            return new ResourceQuantity(text).ToDecimal().ToString("0.###", CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return "";
        }
    }
}
