using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Tests.Safety;
using static Remediator.Core.Tests.Decoys.Protection;
using static Remediator.Core.Tests.Decoys.Scenes;

namespace Remediator.Core.Tests.Decoys;

/// <summary>What the cluster shows, does not show, or has shown once.</summary>
internal static class DecoysOfTheCluster
{
    private static readonly string[] Brakes = ["KubeAPIDown", "KubeletDown", "etcdNoLeader"];

    private static readonly Protection AgeAtWork =
        Look("the age of its view", b => (b.ViewState, b.ViewAge) = (ViewState.Ready, TimeSpan.Zero));
    private static readonly Protection PlaceAtWork = Look("whether it is there", b => b.IsThere = true);
    private static readonly Protection[] Member =
        [Guard("member"), Look("what the owner allows", b => (b.Workload["evict"], b.Cluster) = ("allowed", Pods()))];
    private static readonly Protection Cause = Guard(RootCauseBusy.Guard.Name);

    public static IReadOnlyList<Decoy> List { get; } =
    [
        new("the view is old", [Guard("stale"), AgeAtWork], (b, r) => b.ViewAge = TimeSpan.FromSeconds(r.Next(61, 7200))),
        new("the view is from the future: a clock was set back", [Guard("stale"), AgeAtWork], (b, r) =>
            b.ViewAge = -TimeSpan.FromSeconds(r.Next(61, 7200))),
        new("there is no view yet", [Guard("stale"), AgeAtWork], (b, _) => b.ViewState = ViewState.Loading),
        new("it is not in the cluster", [Guard("stale"), PlaceAtWork], (b, _) => b.IsThere = false),
        new("it is gone when its turn comes", [Guard("stale"), PlaceAtWork], (b, _) => b.IsThere = false)
            { Before = Decoy.Fire, Comes = Nothing },
        new(
            "what its playbook looks at cannot be seen",
            [Guard(FreshLook.Guard.Name), Look("what was looked at", b => b.Playbook = b.Playbook with { Looks = [] })],
            (b, _) => b.CannotLook = "no answer")
        {
            Before = (b, _) => b.Playbook = b.Playbook with { Looks = [new("host.disk", ActionInputTemplate.Of(new NoInput()))] },
            Turn = LookingAt,
        },
        new("the clock jumps ahead after the run began", [Guard("stale")], (b, r) =>
            (b.SeenAt, b.Now) = (b.Now, b.Now.AddMinutes(r.Next(2, 600))))
            { Before = Decoy.Fire, Comes = Nothing },
        new("the view does not show the last step yet", [Guard("stale")], (b, _) => b.SeenAt = b.Now.AddSeconds(-60))
        {
            Before = (b, r) =>
            {
                Decoy.Fire(b, r);
                b.Climb(good: false);
            },
            Comes = Nothing,
            Turns = 1,
        },
        new("the last repairs of its namespace did not help", [Guard(SlowStart.Guard.Name)], (b, r) =>
            b.SlowStart = Failed(b, r, new(Storms.Namespace("test", "shop"), false), 2)),
        new("its rule did not help in two namespaces", [Guard(SlowStart.Guard.Name)], (b, r) =>
            b.SlowStart = Failed(b, r, OfRule(b), 2)),
        new("the first repair of its namespace is not proven yet", [Guard(SlowStart.Guard.Name)], (b, _) =>
            b.Permits.Add(
                new("other", new SlowStartScope(Storms.Namespace("test", "shop"), false).Budget, b.Now, "test/deployment/shop/w"))),
        new("its rule failed in another namespace and is tried in one more", [Guard(SlowStart.Guard.Name)], (b, r) =>
        {
            b.SlowStart = Failed(b, r, OfRule(b), 1);
            b.Permits.Add(new("other", OfRule(b).Budget, b.Now, "test/namespace//bank"));
        }),
        new("what became of earlier repairs is not known yet", [Guard("stale")], (b, _) => b.Standings = null),
        new(
            "most nodes of a zone are down",
            [Guard("storm")],
            (b, r) => b.Cluster = [
                .. Fleet.Nodes("a", r.Next(0, 3), r.Next(4, 9)), .. Fleet.Nodes("b", 30, 0), Fleet.Pod("b1", "a", ready: "false")]),
        new("two zones lose nodes at once", [Guard("storm")], (b, r) =>
            b.Cluster = [.. Fleet.Nodes("a", 1, 2 + r.Next(3)), .. Fleet.Nodes("b", 1, 2 + r.Next(3)), .. Fleet.Nodes("c", 40, 0)]),
        new("a third of all workloads crash", [Guard("storm")], (b, r) => b.Cluster = [.. Fleet.Workloads(r.Next(0, 20), r.Next(15, 60))]),
        new("a storm was over a moment ago", [Guard("storm")], (b, _) =>
            b.Open.Add(Row(b, Storms.Cluster("test"), Storms.Problem, IncidentStatus.CoolingDown.Word()))),
        new("its node is not ready", [Cause], (b, r) =>
            b.Cluster = [.. Nodes(b, r.Next(2) == 0 ? "false" : "unknown"), Fleet.Pod("n1", "a")]),
        new("its node is gone", [Cause], (b, _) => b.Cluster = [Fleet.Pod("n1", "a")]),
        new("its node is under pressure", [Cause], (b, _) => b.Cluster = [.. Nodes(b, "true", pressure: "true"), Fleet.Pod("n1", "a")]),
        new("its node is being repaired", [Cause], (b, _) =>
        {
            b.Cluster = [.. Nodes(b, "true"), Fleet.Pod("n1", "a")];
            b.Open.Add(Row(b, new("test", "node", "", "n1"), "node-not-ready", "running"));
        }),
        new(
            "the network of its node is down",
            [Cause],
            (b, _) => b.Cluster = [
                .. Nodes(b, "true"), Fleet.Pod("n1", "a"),
                Fact.Parse("""pod{namespace="kube-system",workload="cilium",workload_kind="daemonset",pod="cilium-x",node="n1",ready="false"}""")]),
        new(
            "nothing in the cluster finds names",
            [Cause],
            (
                b,
                r) => b.Cluster = [Fact.Parse($$"""workload{namespace="kube-system",workload="{{(r.Next(2) == 0 ? "coredns" : "kube-dns")}}",workload_kind="deployment",desired="2",available="0"}""")]),
        new(
            "what it depends on is down",
            [Cause],
            (
                b,
                _) => b.Cluster = [Fact.Parse("""dependency{namespace="shop",workload="api",workload_kind="deployment",on="statefulset/db",ready="false"}""")]),
        new("the cluster itself is in trouble", [Cause], (b, r) => b.Cluster = [Fact.Parse($"{Pick(Brakes, r)}{{severity=\"critical\"}}")]),
        new("the last repair is a moment ago", [Guard("cooldown and attempts")], (b, r) =>
        {
            Repaired(b);
            b.Now += TimeSpan.FromMinutes(r.Next(1, 15));
        }),
        new("another trouble of it was repaired a moment ago", [Guard("cooldown and attempts")], (b, r) =>
        {
            Repaired(b, "Other");
            b.Now += TimeSpan.FromMinutes(r.Next(1, 15));
        })
        {
            Before = (b, _) =>
            {
                b.Playbooks.Add(b.Playbook with { Name = "other", Source = "other" });
                b.Rules = alert => alert.Name == "Other" ? Bench.Run(alert) with { Playbook = "other" } : Bench.Run(alert);
            },
        },
        new("it was tried as often as may be", [Guard("cooldown and attempts")], (b, r) => RepairedOften(b, r, 2)),
        new("it was repaired three times, and never for long", [Guard("cooldown and attempts")], (b, r) =>
        {
            b.Playbook = b.Playbook with { Limits = new(20, TimeSpan.FromHours(24), TimeSpan.FromMinutes(30)) };
            RepairedOften(b, r, 3);
        }),
        new("it was tried as often as is remembered, and its limit is higher", [Guard("cooldown and attempts")], (b, r) =>
        {
            (b.Policy, b.Playbook) =
                (new() { RepairsInARow = 99 }, b.Playbook with { Limits = new(22, TimeSpan.FromDays(3), TimeSpan.FromMinutes(30)) });
            RepairedOften(b, r, 20);
        }),
        new(
            "as many changes as may be are in flight",
            [Guard("budget")],
            (b, r) => b.Permits.AddRange(
                Enumerable.Range(0, b.Settings.AtOncePerNamespace + r.Next(3)).Select(i => Held(b, "namespace test/shop", i)))),
        new("a small pool, and one of it is being changed", [Guard("budget")], (b, _) => b.Permits.Add(Held(b, "test{}", 9)))
            { Before = (b, r) => Pool(b, r, 3, 0) },
        new("a small pool, and one of it is unhealthy", [Guard("budget")], (b, r) => Pool(b, r, 3, 1)),
        new("a percentage of an empty set", [Guard("budget")], (b, r) =>
            b.Policy = new() { Limits = [new() { Match = PolicyMatch.Everything, Percent = r.Next(1, 100) }] })
            { Before = (b, _) => OfClaim(b, "kubernetes.evict-pod") },
        new("as many changes as may be were made within the hour", [Guard("budget")], (b, r) =>
            b.Starts.AddRange(Enumerable.Range(0, 2).Select(_ => new BudgetStart("test{}", b.Now.AddMinutes(-r.Next(1, 30))))))
            { Before = (b, _) => b.Policy = new() { Limits = [new() { PerHour = 2 }] } },
        new("the transaction refuses its permit", [Guard("budget")], (b, r) =>
            b.PermitDenied = $"deployment shop/api is worked on by incident {r.Next()}"),
        new("its node is being worked on", [Guard("budget")], (b, _) => b.Claims.Add(new("other", "test/node//n1", false)))
            { Before = (b, _) => b.Cluster = [.. Nodes(b, "true"), Fleet.Pod("n1", "a")] },
        new("a workload of the node is being worked on", [Guard("budget")], (b, _) => b.Claims.Add(new("other", "test/node//n1", true)))
            { Before = (b, _) => OfNode(b) },
        new("a rollout is in progress", [Guard("disruption")], (b, _) => b.Workload["rolling_out"] = "true"),
        new("a fix is being rolled out, and it is the old pods that crash", [Guard("disruption")], (b, _) =>
            (b.Workload["rolling_out"], b.Workload["revision"]) = ("true", "new"))
        {
            Before = (b, _) =>
            {
                (b.Playbook, b.Crashing) = (Undo(), false);
                b.Cluster = [Fact.Parse("""container{namespace="shop",workload="api",workload_kind="deployment",pod="api-0",container="api",revision="old",crashing="true"}""")];
                b.Workload["revision"] = "old";
            },
        },
        new(
            "its disruption budget is used up",
            [Guard("disruption")],
            (
                b,
                _) => b.Cluster = [Fact.Parse("""pdb{namespace="shop",workload="api",workload_kind="deployment",poddisruptionbudget="api",allowed="0",healthy="2",desired_healthy="2"}""")])
            { Before = (b, _) => b.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("restart", "kubernetes.rollout-restart")) },
        new("stateful, with one replica", [Guard("disruption")], (b, _) => b.Workload["desired"] = "1")
            { Before = OfSet },
        new("a member of a StatefulSet whose owner has not allowed it", Member, (b, r) =>
            b.Workload["evict"] = Pick(["", "false", "true", "Allowed"], r)) { Before = OfSet },
        new("a member of a StatefulSet is still recovering", [Guard("disruption")], (b, r) =>
            b.Cluster = Pods(r.Next(2), Pick(["Running", "Pending", "Unknown"], r))) { Before = OfSet },
        new("a member of a StatefulSet is missing", [Guard("disruption")], (b, r) =>
            b.Cluster = Without(r.Next(3), Pods())) { Before = OfSet },
        new("a StatefulSet is pinned by another pod than the one at hand", Member, (b, r) =>
        {
            b.Workload["pinned_by"] = $"api-{r.Next(3)}";
            b.Workload["evict"] = "";
        }) { Before = OfSet },
        new("nothing proves that its newest rollout is at fault", [Conditions], (b, r) =>
            b.Workload["rollout_at_fault"] = Pick(["false", ""], r))
        {
            Before = (b, _) =>
            {
                b.Workload["rollout_at_fault"] = "true";
                b.Playbook = Bench.RestartLoop(
                    Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo", when: "workload{rollout_at_fault=\"true\"}"));
            },
        },
        new("the facts contradict the alert", [Problem], (b, _) => b.Crashing = false),
        new("the facts change between plan and act", [Problem], (b, _) => b.Crashing = false) { Before = Decoy.Fire, Comes = Nothing },
        new("what the step is for is no longer so between plan and act", [Conditions], (b, _) => b.Workload["ready"] = "0")
        {
            Before = (b, r) =>
            {
                b.Workload["ready"] = "2";
                b.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod", when: "workload{ready>=1}"));
                Decoy.Fire(b, r);
            },
            Comes = Nothing,
        },
        new(
            "somebody else changes it between plan and act, and nothing was done",
            [new("the kind of the failure", b => b.Fails = b.Fails! with { Kind = FailureKind.Transient })],
            (b, r) => b.Fails = new(FailureKind.Permanent, $"changed by somebody else {r.Next()}"))
        {
            Before = (b, r) =>
            {
                Decoy.Fire(b, r);
                b.Planned();
            },
            Comes = (b, _) =>
            {
                if (b.Fails is { } failure)
                {
                    b.Report(b.Act!, new CallFailed(failure));
                }
                else
                {
                    b.Acted();
                    b.Verified(good: false);
                }
            },
        },
        new("it is of a kind that its playbook does not repair", [KindsOfPlaybook], (b, r) =>
            b.Resource = b.Resource with { Kind = Pick(["job", "cronjob", "pod", "daemonset"], r) }),
    ];

    private static SlowStartScope OfRule(Bench bench) => new(new(bench.Resource.Cluster, "rule", "", "pod-crash"), false);

    /// <summary>So many repairs in a row, within the last hours.</summary>
    private static SlowStartBook Failed(Bench bench, Random random, SlowStartScope scope, int times)
    {
        var failed = Enumerable.Range(0, times).Select(i => new FailedRepair(
            $"i{i}", new("test", "deployment", "shop", $"w{i}"), new("test", "namespace", "", $"space{i}"),
            bench.Now.AddMinutes(-random.Next(10, 300))));
        return SlowStartBook.Empty with
        {
            Scopes = SlowStartBook.Empty.Scopes.SetItem(scope, new() { Failed = [.. failed.OrderBy(f => f.At)] }),
        };
    }

    private static void OfSet(Bench bench, Random random)
    {
        bench.Resource = bench.Resource with { Kind = "statefulset" };
        bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod")) with { ResourceKinds = ["statefulset"] };
        bench.Workload["evict"] = "allowed";
        bench.Cluster = Pods();
    }

    /// <summary>Of a StatefulSet: the last one is in trouble, the others work, but for one of them.</summary>
    private static List<Fact> Pods(int away = -1, string phase = "Running") =>
    [
        .. Enumerable.Range(0, 3).Select(i => Fact.Parse(
            $"pod{{namespace=\"shop\",workload=\"api\",workload_kind=\"statefulset\",pod=\"api-{i}\","
            + $"phase=\"{(i == away ? phase : "Running")}\",ready=\"{(i == 2 || i == away ? "false" : "true")}\",terminating=\"false\"}}")),
    ];

    private static List<Fact> Without(int which, List<Fact> facts) => [.. facts.Where((_, i) => i != which)];

    private static IncidentRow Row(Bench bench, ResourceKey resource, string problem, string status) =>
        new() { Id = "01other", Resource = resource, Problem = problem, Status = status, Summary = "", OpenedAt = bench.Now };

    private static Permit Held(Bench bench, string budget, int i) => new($"other{i}", budget, bench.Now, $"test/deployment/other/w{i}");

    private static void Repaired(Bench bench, string name = "KubePodCrashLooping")
    {
        var began = bench.Now.AddMinutes(-5);
        bench.Fire("earlier", name, began);
        bench.Climb(good: true);
        bench.Resolve("earlier", name, began);
    }

    private static void RepairedOften(Bench bench, Random random, int times)
    {
        for (; times > 0; times--)
        {
            Repaired(bench);
            bench.Now += TimeSpan.FromMinutes(random.Next(31, 90));
        }
    }

    /// <summary>Of so many workloads a third may be unhealthy or in flight: of a small set one.</summary>
    private static void Pool(Bench bench, Random random, int total, int sick)
    {
        bench.Cluster = [
            .. Fleet.Workloads(total - sick, 0),
            .. Enumerable.Range(0, sick).Select(i => Fleet.Workload($"sick{i}", available: "1", crashing: "0"))];
        bench.Policy = new() { Limits = [new() { Percent = random.Next(1, 34) }] };
    }
}
