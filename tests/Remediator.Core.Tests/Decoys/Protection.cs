using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Resources;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Tests.Resources;

namespace Remediator.Core.Tests.Decoys;

/// <summary>What keeps the engine from falling for a decoy, and how that is broken.</summary>
internal sealed record Protection(string Name, Action<Bench> Break)
{
    private static readonly string[] Kinds = ["deployment", "statefulset", "daemonset", "job", "cronjob", "pod", "node"];

    /// <summary>It is asked of the facts before each step.</summary>
    public static Protection Problem { get; } = new("the playbook's problem", b => b.Playbook = b.Playbook with { Problem = [] });

    /// <summary>The rules say run, whatever the alert.</summary>
    public static Protection RuleEngine { get; } = new("the rule engine", b => (b.Program, b.Rules) = (null, Bench.Run));

    public static Protection KindsOfPlaybook { get; } =
        new("the playbook's kinds", b => b.Playbook = b.Playbook with { ResourceKinds = Kinds });

    public static Protection Conditions { get; } = new(
        "the step's conditions", b => b.Playbook = b.Playbook with { Ladder = [.. b.Playbook.Ladder.Select(s => s with { When = [] })] });

    /// <summary>
    /// As a simple one would do it: what the labels workload, deployment or pod say, in whatever letters and of whatever cluster.
    /// </summary>
    public static Protection Resolver { get; } = new("the resolver", b => b.Resolver = Believing);

    public static Protection Guard(string name) => new($"guard {name}", b => b.Broken.Add(name));

    /// <summary>
    /// The engine looks at it besides the guard. Broken, it takes the world for one without the decoy; guards still see the truth.
    /// </summary>
    public static Protection Look(string what, Action<Bench> without) => new($"the engine's look at {what}", b => b.Believes = without);

    /// <summary>The journal. Broken, another process goes on with one that lacks something.</summary>
    public static Protection Memory(string what, Func<Bench, Happened, Happened?> lost) =>
        new($"the memory of {what}", b => b.Restart(h => lost(b, h)));

    private static Resolution Believing(Alert alert)
    {
        string Of(string label) => alert.Labels.GetValueOrDefault(label, "");
        var topology = new FakeTopology();
        var space = new string([.. Of("namespace").Where(char.IsAsciiLetter)]).ToLowerInvariant();
        var named = Of("workload") is { Length: > 0 } workload ? workload : Of("deployment");
        var key = topology.FindPod("", Of("pod")) is { } pod && Of("workload").Length == 0
            ? pod.Owner
            : new ResourceKey(topology.Cluster, "deployment", space, named);
        return new(key, true, alert.Labels, "its labels say so");
    }
}
