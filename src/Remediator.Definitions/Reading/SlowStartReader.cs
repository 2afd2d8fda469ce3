using Remediator.Core.Language;
using Remediator.Core.Policies;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the key <c>slow_start</c> of the policy; what it leaves out is as it ships.</summary>
internal sealed class SlowStartReader(FaultList faults)
{
    internal static readonly string[] Keys = ["first", "failures", "burst_ends_after", "retry_after"];

    private const int Most = 10_000;

    /// <summary>It is read back from the journal so far.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    public SlowStartPolicy Read(MapReader policy)
    {
        var defaults = new SlowStartPolicy();
        return policy.Map("slow_start", Keys) is not { } map ? defaults : new()
        {
            First = map.Number("first", 1, Most) ?? defaults.First,
            Failures = map.Number("failures", 1, Most) ?? defaults.Failures,
            BurstEndsAfter = Time(map, "burst_ends_after", defaults.BurstEndsAfter),
            RetryAfter = Time(map, "retry_after", defaults.RetryAfter),
        };
    }

    private TimeSpan Time(MapReader map, string key, TimeSpan otherwise)
    {
        if (map.Time(key) is not { } time) return otherwise;
        if (time < Shortest || time > Longest)
            faults.At(map.Find(key)!, $"'{key}' is '{Duration.Format(time)}'; expected 1m to 30d");
        return time;
    }
}
