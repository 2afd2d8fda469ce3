using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Tests.Safety;

namespace Remediator.Core.Tests.Decoys;

/// <summary>What several decoys begin with.</summary>
internal static class Scenes
{
    /// <summary>Node n1 of zone a, and enough well ones around it.</summary>
    public static IEnumerable<Fact> Nodes(
        Bench bench, string ready, string taken = "", string hold = "", string cordonedBy = "", string pressure = "")
    {
        yield return new(
            "node",
            new Dictionary<string, string>
            {
                ["node"] = "n1", ["zone"] = "a", ["ready"] = ready, ["cordoned"] = cordonedBy.Length > 0 ? "true" : "false",
                ["cordoned_by"] = cordonedBy, ["taken_by"] = taken, ["hold"] = hold,
                ["memory_pressure"] = pressure,
            },
            bench.Now.AddDays(-1));
        foreach (var fact in Fleet.Nodes("a", 8, 0).Concat(Fleet.Nodes("b", 9, 0)))
        {
            yield return fact;
        }
    }

    /// <summary>The resource is a node that is not ready, and its one step is to cordon it.</summary>
    public static void OfNode(Bench bench)
    {
        (bench.Resource, bench.IsThere) = (new("test", "node", "", "n1"), false);
        bench.Cluster = [.. Nodes(bench, "false")];
        bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("cordon it", "kubernetes.cordon")) with {
            ResourceKinds = ["node"],
            Problem = [Condition.Parse("node{ready!=\"true\"}")] };
    }

    /// <summary>The resource is a claim to a volume, of which no set is known.</summary>
    public static void OfClaim(Bench bench, string use)
    {
        (bench.Resource, bench.IsThere) = (new("test", "pvc", "shop", "data"), false);
        bench.Cluster = [Claim()];
        bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("grow", use)) with {
            ResourceKinds = ["pvc"],
            Problem = [Condition.Parse("pvc{phase=\"Bound\"}")] };
    }

    public static Fact Claim(string managedBy = "") => Fact.Parse(
        $$"""pvc{namespace="shop",persistentvolumeclaim="data",phase="Bound",managed_by="{{managedBy}}",managed_by_name="shop"}""");

    public static void LookingAt(Bench bench, Random random)
    {
        if (bench.Last.Jobs.OfType<LookAtResource>().SingleOrDefault() is not { } job)
        {
            Decoy.Pass(bench, random);
            return;
        }

        bench.Now += TimeSpan.FromSeconds(1);
        var seen = bench.CannotLook is { } why ? LookItem.Failed("host.disk", why) : LookItem.Saw("host.disk", []);
        bench.Report(job, new LookMade(new(job.Playbook, bench.Now, [seen])));
    }

    public static void Nothing(Bench bench, Random random)
    {
    }

    public static Playbook Undo() => Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo"));

    public static T Pick<T>(T[] of, Random random) => of[random.Next(of.Length)];
}
