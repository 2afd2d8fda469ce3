using System.Globalization;
using Remediator.Core.Facts;

namespace Remediator.Actions.Hosts.Descriptors;

/// <summary>What one process has open more than at the look before.</summary>
/// <param name="More">Less where it is negative.</param>
/// <param name="Within">Between the two looks.</param>
internal sealed record DescriptorGrowth(long More, TimeSpan Within)
{
    public double PerMinute => More / Within.TotalMinutes;

    /// <summary>Of the same process under the same start of the machine.</summary>
    /// <param name="before">The fact <c>descriptors</c> of the look before.</param>
    /// <returns>Null where there is none, or too little time is between the two.</returns>
    public static DescriptorGrowth? Between(Fact? before, DescriptorState now)
    {
        if (before is null || before["boot_id"] != now.Identity["boot_id"]
            || before["pid"] != now.Pid.ToString(CultureInfo.InvariantCulture) || before["started"] != now.Started
            || !double.TryParse(before["uptime_seconds"], NumberStyles.Float, CultureInfo.InvariantCulture, out var then)
            || !long.TryParse(before["open"], NumberStyles.None, CultureInfo.InvariantCulture, out var open)
            || now.Uptime - then < 1)
            return null;
        return new(now.Open - open, TimeSpan.FromSeconds(now.Uptime - then));
    }
}
