using System.Globalization;

namespace Remediator.Core.Safety;

/// <summary>
/// The value of an annotation <c>remediator.io/hold</c>: why, in free words, and where it ends by itself a word <c>until=TIME</c> with an
/// RFC 3339 time. <c>false</c> holds nothing; a time that cannot be read never comes.
/// </summary>
internal sealed record HoldMark(string Reason, DateTimeOffset? Until)
{
    public const string Name = "remediator.io/hold";

    private const string End = "until=";
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    /// <returns>Null where nothing is held, or not any more.</returns>
    public static HoldMark? Of(string value, DateTimeOffset now)
    {
        if (value.Length == 0 || value.Trim().Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var words = value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var reason = string.Join(' ', words.Where(w => !IsEnd(w)));
        if (words.LastOrDefault(IsEnd) is not { } end)
        {
            return new(Said(reason), null);
        }

        return !HasZone(end)
            || !DateTimeOffset.TryParseExact(end[End.Length..], Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var until)
            ? new($"{Said(reason)} (its end '{end}' cannot be read; write until=2026-11-24T18:00:00Z)", null)
            : until > now ? new(Said(reason), until) : null;
    }

    private static bool IsEnd(string word) => word.StartsWith(End, StringComparison.OrdinalIgnoreCase);

    private static bool HasZone(string end) =>
        end.EndsWith('Z') || end.LastIndexOfAny(['+', '-']) > end.IndexOf('T', StringComparison.Ordinal);

    private static string Said(string reason) => reason.Length == 0 ? "no reason is given" : reason;

    public override string ToString() => Until is { } until ? $"{Reason} (until {until:u})" : Reason;
}
