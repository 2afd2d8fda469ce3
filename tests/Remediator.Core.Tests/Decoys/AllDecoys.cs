using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Tests.Safety;

namespace Remediator.Core.Tests.Decoys;

/// <summary>The ways in which other engines have done harm, and those in which ours could.</summary>
internal static class AllDecoys
{
    private static readonly string[] Scopes = ["everything", "cluster test", "namespace shop", "resource deployment/shop/api", "playbook restart-loop"];
    private static readonly string[] Protected = ["kube-system", "kube-public"];
    private static readonly string[] Marks = ["kured", "karpenter", "cluster-autoscaler"];

    public static IReadOnlyList<Decoy> List { get; } =
    [
        new("the switch is on", "paused", (b, r) => b.Paused = $"reason {r.Next()}"),
        new("a person has paused it", "paused", (b, r) => b.Pauses = new([new(Pick(Scopes, r), "moving house", "ada", b.Now, null)], 1, null)),
        new("what is paused cannot be read", "paused", (b, _) => b.Pauses = new([], -1, "the store is away")),
        new("an annotation holds it", "held", (b, r) => b.Workload[r.Next(2) == 0 ? "hold" : "namespace_hold"] = $"being debugged {r.Next()}"),
        new("somebody has silenced the alert", "held", (b, r) => b.Silences = new([new("s", "bob", "known", b.Now.AddHours(-r.Next(1, 9)), b.Now.AddHours(r.Next(1, 9)), [new("namespace", "shop", false, true)])], b.Now.AddDays(1), "")),
        new("whether it is silenced cannot be read", "held", (b, r) => b.Silences = new([], b.Now.AddMinutes(-r.Next(15, 90)), "no answer")),
        new("a maintenance window is open", "held", (b, r) => b.Policy = new() { Maintenance = [new("0 0 * * *", TimeZoneInfo.Utc, TimeSpan.FromDays(r.Next(2, 9)), PolicyMatch.Everything, "release")] }),
        new("another tool works on its node", "held", (b, r) => b.Cluster = [.. Nodes(b, r, "true", taken: Pick(Marks, r)), Fleet.Pod("n1", "a")]),
        new("it is part of the cluster itself", "protected", (b, r) => b.Settings = b.Settings with { Protected = [$"sh*/{(r.Next(2) == 0 ? "deployment" : "*")}/api", .. Protected.Select(p => $"{p}/*/*")] }),
        new("the policy protects it", "protected", (b, _) => b.Policy = new() { Protected = ["shop/*/api"] }),
        new("the view is old", "stale", (b, r) => b.ViewAge = TimeSpan.FromSeconds(r.Next(1200, 7200)), Twice: true),
        new("the view is from the future: a clock was set back", "stale", (b, r) => b.ViewAge = -TimeSpan.FromSeconds(r.Next(1200, 7200)), Twice: true),
        new("there is no view yet", "stale", (b, _) => b.ViewState = ViewState.Loading, Twice: true),
        new("it is not in the cluster", "stale", (b, _) => b.IsThere = false, Twice: true),
        new("what became of earlier repairs is not known yet", "stale", (b, _) => b.Standings = null),
        new("most nodes of a zone are down", "storm", (b, r) => b.Cluster = [.. Fleet.Nodes("a", r.Next(0, 3), r.Next(4, 9)), .. Fleet.Nodes("b", 30, 0), Fleet.Pod("b1", "a", ready: "false")]),
        new("two zones lose nodes at once", "storm", (b, r) => b.Cluster = [.. Fleet.Nodes("a", 1, 2 + r.Next(3)), .. Fleet.Nodes("b", 1, 2 + r.Next(3)), .. Fleet.Nodes("c", 40, 0)]),
        new("a third of all workloads crash", "storm", (b, r) => b.Cluster = [.. Fleet.Workloads(r.Next(0, 20), r.Next(15, 60))]),
        new("its node is not ready", RootCauseBusy.Name, (b, r) => b.Cluster = [.. Nodes(b, r, r.Next(2) == 0 ? "false" : "unknown"), Fleet.Pod("n1", "a")]),
        new("its node is gone", RootCauseBusy.Name, (b, _) => b.Cluster = [Fleet.Pod("n1", "a")]),
        new("the setting only observes", "mode", (b, r) => b.Settings = b.Settings with { Mode = r.Next(2) == 0 ? Mode.Observe : Mode.Off }, Twice: true),
        new("the object says no", "mode", (b, r) => b.Workload["mode"] = r.Next(2) == 0 ? "off" : "diagnose", Twice: true),
        new("the playbook only observes", "mode", (b, _) => b.Playbook = b.Playbook with { Mode = Mode.Observe }, Twice: true),
        new("the policy only observes here", "mode", (b, _) => b.Policy = new() { Modes = [new(new(new Dictionary<string, string> { ["namespace"] = "sh*" }), Mode.Observe)] }, Twice: true),
        new("the playbook was lowered", "mode", (b, r) => b.Standings = Standings.Empty.After(new(new PlaybookDemoted("restart-loop", Mode.Approve, Mode.Observe, "i", "it did no good"), null, b.Now.AddDays(-r.Next(1, 30)), "t", Happened.Engine)), Twice: true),
        new("the last repair is a moment ago", "cooldown and attempts", (b, r) =>
        {
            b.Fire("earlier", startsAt: b.Now.AddMinutes(-5));
            b.Climb(good: true);
            b.Resolve("earlier", startsAt: b.Now.AddMinutes(-5));
            b.Now += TimeSpan.FromMinutes(r.Next(1, 15));
        }),
        new("as many changes as may be are in flight", "budget", (b, r) => b.Permits.AddRange(Enumerable.Range(0, b.Settings.AtOncePerNamespace + r.Next(3)).Select(i => new Permit($"other{i}", "namespace test/shop", b.Now, $"test/deployment/shop/w{i}")))),
        new("a percentage of nothing", "budget", (b, r) => b.Policy = new() { Limits = [new() { Match = new(new Dictionary<string, string> { ["zone"] = $"z{r.Next()}*" }), Percent = 50 }, new() { Match = PolicyMatch.Everything, Percent = r.Next(1, 30) }] },
            (b, _) => b.Permits.Add(new("other", "test{}", b.Now, "test/deployment/shop/w9"))),
        new("what belongs to it is being worked on", "budget", (b, r) => b.PermitDenied = $"deployment shop/api is worked on by incident {r.Next()}"),
        new("a rollout is in progress", "disruption", (b, _) => b.Workload["rolling_out"] = "true"),
        new("stateful, with one replica", "disruption", (b, _) => (b.Resource, b.Playbook, b.Workload["desired"]) = (b.Resource with { Kind = "statefulset" }, b.Playbook with { ResourceKinds = ["statefulset"] }, "1")),
        new("git would put it back", "ownership", (b, _) => (b.Workload["managed_by"], b.Playbook) = ("argocd", Undo()), Twice: true),
        new("the facts contradict the alert", "", (b, _) => b.Crashing = false),
        new("no rule is about it", "", (b, _) => b.Rules = alert => Bench.Says(Core.Rules.DecisionKind.None, alert)),
        new("a rule says to leave it", "", (b, _) => b.Rules = alert => Bench.Says(Core.Rules.DecisionKind.Suppress, alert)),
        new("the alert flaps, and all is well", "", (b, _) => b.Crashing = false, (b, r) =>
        {
            for (var i = r.Next(2, 8); i > 0; i--)
            {
                b.Resolve();
                b.Wake(TimeSpan.FromSeconds(r.Next(1, 60)));
                b.Fire(startsAt: b.Now);
            }
        }),
        new("it heals before anything is done", "", (_, _) => { }, (b, _) =>
        {
            b.Crashing = false;
            b.Resolve();
        }),
        new("it is gone when its turn comes", "", (_, _) => { }, (b, _) => b.IsThere = false),
        new("an alert that was resolved comes again, as after a cold start", "", (b, _) => b.Crashing = false, (b, r) =>
        {
            var began = b.Now.AddMinutes(-30);
            b.Fire("old", startsAt: began);
            b.Resolve("old", startsAt: began);
            b.Wake(TimeSpan.FromMinutes(r.Next(1, 90)));
            b.Fire("old", startsAt: began);
        }),
    ];

    private static IEnumerable<Fact> Nodes(Bench bench, Random random, string ready, string taken = "")
    {
        yield return new("node", new Dictionary<string, string> { ["node"] = "n1", ["zone"] = "a", ["ready"] = ready, ["cordoned"] = "false", ["taken_by"] = taken }, bench.Now.AddDays(-random.Next(1, 9)));
        foreach (var fact in Fleet.Nodes("a", 8, 0).Concat(Fleet.Nodes("b", 9, 0)))
        {
            yield return fact;
        }
    }

    private static Playbook Undo() => Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo"));

    private static T Pick<T>(T[] of, Random random) => of[random.Next(of.Length)];
}
