using Remediator.Core.Language;
using Remediator.Core.Policies;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the key <c>storm</c> of the policy; what it leaves out is as it ships.</summary>
internal sealed class StormReader(FaultList faults)
{
    internal static readonly string[] Keys = [
        "zone_nodes", "cluster_nodes", "cluster_workloads", "namespace_workloads", "told_after", "cooldown"];
    internal static readonly string[] ThresholdKeys = ["more_than", "at_least"];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public StormPolicy Read(MapReader policy)
    {
        var defaults = new StormPolicy();
        return policy.Map("storm", Keys) is not { } storm ? defaults : new()
        {
            ZoneNodes = Threshold(storm, "zone_nodes", defaults.ZoneNodes),
            ClusterNodes = Threshold(storm, "cluster_nodes", defaults.ClusterNodes),
            ClusterWorkloads = Threshold(storm, "cluster_workloads", defaults.ClusterWorkloads),
            NamespaceWorkloads = Threshold(storm, "namespace_workloads", defaults.NamespaceWorkloads),
            ToldAfter = Time(storm, "told_after", defaults.ToldAfter),
            Cooldown = Time(storm, "cooldown", defaults.Cooldown),
        };
    }

    private StormThreshold Threshold(MapReader storm, string key, StormThreshold otherwise) =>
        storm.Map(key, ThresholdKeys) is not { } threshold
        ? otherwise
        : new(Share(threshold) ?? otherwise.Share, threshold.Number("at_least", 1, 10_000) ?? otherwise.AtLeast);

    private double? Share(MapReader threshold)
    {
        if (threshold.Scalar("more_than") is not { } scalar) return null;
        if (scalar.Value.EndsWith('%')
            && int.TryParse(scalar.Value.AsSpan(0, scalar.Value.Length - 1), out var percent)
            && percent is >= 1 and <= 100)
            return percent / 100.0;
        faults.At(scalar, $"'more_than' is '{scalar.Value}'; expected a percentage such as 40%");
        return null;
    }

    private TimeSpan Time(MapReader storm, string key, TimeSpan otherwise)
    {
        if (storm.Time(key) is not { } time) return otherwise;
        if (time > Longest) faults.At(storm.Find(key)!, $"'{key}' is '{Duration.Format(time)}'; expected no more than 1d");
        return time;
    }
}
