using System.Globalization;
using Remediator.Core.Language;

namespace Remediator.Definitions.Reading;

/// <summary>Limits such as <c>2 per 24h</c>.</summary>
internal static class LimitText
{
    public static bool TryParse(string text, out int number, out TimeSpan per)
    {
        (number, per) = (0, default);
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var count, "per", var time]
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= 1000
            && Duration.TryParse(time, out per) && per > TimeSpan.Zero;
    }
}
