using Remediator.Core.Facts;

namespace Remediator.Core.Tests.Safety;

/// <summary>Nodes and workloads as facts.</summary>
internal static class Fleet
{
    /// <param name="since">When they became what they are; null for long ago.</param>
    public static IEnumerable<Fact> Nodes(string zone, int ready, int sick, string cordoned = "false", DateTimeOffset? since = null) =>
        Enumerable.Range(0, ready + sick).Select(i => Node($"{zone}{i}", zone, i < ready ? "true" : "false", cordoned, since));

    public static Fact Node(string name, string zone, string ready, string cordoned = "false", DateTimeOffset? since = null) =>
        new(
            "node",
            new Dictionary<string, string> { ["node"] = name, ["zone"] = zone, ["ready"] = ready, ["cordoned"] = cordoned },
            since ?? DateTimeOffset.UnixEpoch);

    public static IEnumerable<Fact> Workloads(int well, int sick, string space = "other") =>
        Enumerable.Range(0, well + sick).Select(i => Workload($"w{i}", available: "2", crashing: i < well ? "0" : "1", space: space));

    public static Fact Workload(
        string name, string available, string crashing, string kind = "deployment", string desired = "2", string space = "other") => new(
        "workload",
        new Dictionary<string, string> {
            ["namespace"] = space,
            ["workload"] = name,
            ["workload_kind"] = kind,
            ["desired"] = desired,
            ["available"] = available,
            ["crashing_pods"] = crashing },
        DateTimeOffset.UnixEpoch);

    public static Fact Pod(
        string node, string zone, string ready = "false", string crashing = "true", string phase = "Running", string pod = "api-1") => new(
        "pod",
        new Dictionary<string, string>
        {
            ["namespace"] = "shop", ["workload"] = "api", ["workload_kind"] = "deployment", ["pod"] = pod, ["node"] = node, ["zone"] = zone,
            ["ready"] = ready, ["crashing"] = crashing,
            ["phase"] = phase, ["terminating"] = "false",
        },
        DateTimeOffset.UnixEpoch);
}
