using System.Globalization;

namespace Remediator.Core.Language;

/// <summary>Durations as Prometheus writes them: <c>30s</c>, <c>5m</c>, <c>2h30m</c>, <c>1d</c>.</summary>
public static class Duration
{
    private static readonly (string Unit, double Seconds)[] Units = [("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 0.001)];

    public const string Expected = "expected a duration such as 30s, 5m, 2h30m or 1d";

    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        var largest = 0;
        if (rest.IsEmpty) return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAnyExceptInRange('a', 'z');
            var unit = (letters < 0 ? rest : rest[..letters]).ToString();
            var index = Array.FindIndex(Units, largest, u => u.Unit == unit);
            if (index < 0) return false;
            duration += TimeSpan.FromSeconds(number * Units[index].Seconds);
            rest = rest[unit.Length..];
            largest = index + 1;
        }

        return duration <= TimeSpan.FromDays(366);
    }

    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var text = "";
        var left = duration.TotalSeconds;
        foreach (var (unit, seconds) in Units)
        {
            var number = Math.Floor((left / seconds) + 1e-9);
            if (number < 1) continue;
            text += number.ToString(CultureInfo.InvariantCulture) + unit;
            left -= number * seconds;
        }

        return text;
    }
}
