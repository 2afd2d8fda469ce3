using Remediator.Core.Language;
using Remediator.Core.Policies;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads an item of the key <c>pages</c> of the policy.</summary>
internal sealed class PageReader(FaultList faults, PolicyMatchReader matches)
{
    internal static readonly string[] Keys = ["match", "hold", "verified_runs", "critical", "at_most"];

    internal const int MostRuns = 100;

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    public PagePolicy Read(MapReader item)
    {
        item.Require("hold");
        var page = new PagePolicy { Match = matches.Read(item), Hold = item.Flag("hold") ?? false };
        return page with
        {
            VerifiedRuns = item.Number("verified_runs", 1, MostRuns) ?? page.VerifiedRuns,
            Critical = item.Flag("critical") ?? page.Critical,
            AtMost = AtMost(item) ?? page.AtMost,
        };
    }

    private TimeSpan? AtMost(MapReader item)
    {
        if (item.Time("at_most") is not { } time) return null;
        if (time < Shortest || time > PagePolicy.Longest)
            faults.At(
                item.Find("at_most")!,
                $"'at_most' is '{Duration.Format(time)}'; expected {Duration.Format(Shortest)} to {Duration.Format(PagePolicy.Longest)}");
        return time;
    }
}
