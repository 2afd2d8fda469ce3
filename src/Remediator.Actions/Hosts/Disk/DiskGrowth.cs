using System.Globalization;
using Remediator.Core.Facts;

namespace Remediator.Actions.Hosts.Disk;

/// <summary>How much less is available than at the look before.</summary>
/// <param name="Bytes">Negative where there is more.</param>
/// <param name="Within">Between the two looks.</param>
internal sealed record DiskGrowth(long Bytes, TimeSpan Within)
{
    public double PerMinute => Bytes / Within.TotalMinutes;

    /// <summary>Under the same start of the machine.</summary>
    /// <param name="before">The fact <c>filesystem</c> of the look before.</param>
    /// <returns>Null where there is none, or less than a second is between the two.</returns>
    public static DiskGrowth? Between(Fact? before, DiskState now)
    {
        if (before is null || before["boot_id"] != now.Identity["boot_id"]
            || !double.TryParse(before["uptime_seconds"], NumberStyles.Float, CultureInfo.InvariantCulture, out var then)
            || !long.TryParse(before["available_bytes"], NumberStyles.None, CultureInfo.InvariantCulture, out var available)
            || now.Uptime - then < 1)
            return null;
        return new(available - now.Available, TimeSpan.FromSeconds(now.Uptime - then));
    }
}
