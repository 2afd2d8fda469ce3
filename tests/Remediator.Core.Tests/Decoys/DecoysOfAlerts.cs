using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Rules;
using Remediator.Core.Tests.Incidents;
using Remediator.Rete;
using static Remediator.Core.Tests.Decoys.Protection;
using static Remediator.Core.Tests.Decoys.Scenes;

namespace Remediator.Core.Tests.Decoys;

/// <summary>Alerts that are about something else, are over, come again, or say what is known already.</summary>
internal static class DecoysOfAlerts
{
    private const string StateMetrics = "kube-prometheus-stack-kube-state-metrics";
    private const string NodeExporter = "kube-prometheus-stack-prometheus-node-exporter";
    private const string OfStateMetrics =
        $"job=kube-state-metrics,container=kube-state-metrics,instance=10.244.1.10:8080,"
        + $"service={StateMetrics},pod={StateMetrics}-5d4-abcde";
    private const string OfNodeExporter =
        $"job=node-exporter,container=node-exporter,service={NodeExporter},namespace=monitoring,pod={NodeExporter}-abcde";
    private const string OfOrders =
        "job=order-exporter,container=order-exporter,instance=10.244.1.6:9104,namespace=shop,pod=order-exporter-66d-abcde";
    private const string ApiPod = "namespace=shop,pod=api-7c9f8d6b5-x2x1z";

    private static readonly Protection Verification = new("the verification that looks at the node and not at its alert", b =>
        b.Looks = seen => !seen.State.Incidents.Exists(i => i.IsFiring));
    private static readonly Protection Wellness =
        new("the playbook's problem", b => b.Playbook = b.Playbook with { Problem = [Condition.Parse("node{ready=\"never\"}")] });

    private static readonly Dictionary<string, LiquidText> NoValues = [];

    public static IReadOnlyList<Decoy> List { get; } =
    [
        new("its labels are those of its exporter: kube-state-metrics", [Resolver, Problem], (b, r) => Mislabelled(b, Pick(
            [
                $"KubeNodeNotReady,node=n1,condition=Ready,namespace=monitoring,{OfStateMetrics}",
                $"KubeDeploymentReplicasMismatch,deployment=api,namespace=shop,{OfStateMetrics}",
                $"KubePersistentVolumeErrors,persistentvolume=pvc-0815,namespace=monitoring,{OfStateMetrics}",
                $"KubeCPUOvercommit,namespace=monitoring,{OfStateMetrics}",
                $"KubePodCrashLooping,exported_namespace=shop,exported_pod=api-7c9f8d6b5-x2x1z,namespace=monitoring,{OfStateMetrics}",
            ],
            r)))
            { Before = (b, _) => Of(b, "deployment", "monitoring", StateMetrics, $"{StateMetrics}-5d4-abcde"), Comes = Delivered },
        new("its labels are those of its exporter: node-exporter", [Resolver, Problem], (b, r) => Mislabelled(b, Pick(
            [
                $"NodeFileDescriptorLimit,instance=10.0.0.7:9100,{OfNodeExporter}",
                $"NodeFilesystemAlmostOutOfSpace,instance=10.0.0.8:9100,mountpoint=/data,{OfNodeExporter}",
                $"NodeClockNotSynchronising,instance=n1,{OfNodeExporter}"],
            r)))
            { Before = (b, _) => Of(b, "daemonset", "monitoring", NodeExporter, $"{NodeExporter}-abcde"), Comes = Delivered },
        new("its labels are those of its exporter: one of an application", [Resolver, Problem], (b, r) =>
            Mislabelled(b, Pick([$"MysqlDown,{OfOrders}", $"OrdersStuck,{OfOrders},queue=orders"], r)))
            { Before = (b, _) => Of(b, "deployment", "shop", "order-exporter", "order-exporter-66d-abcde"), Comes = Delivered },
        new("it is an alert of another cluster", [Resolver, Problem], (b, r) =>
            Mislabelled(b, $"KubePodCrashLooping,{ApiPod},{Pick(["cluster", "cluster_name", "k8s_cluster"], r)}=other{r.Next(9)}"))
            { Before = OfApi, Comes = Delivered },
        new(
            "its labels claim another workload than its pod has",
            [Resolver, Problem],
            (b, r) => Mislabelled(
                b, $"KubePodCrashLooping,namespace=shop,pod={Pick(["db-0", "debug", "db-7"], r)},workload=api,workload_kind=deployment"))
            { Before = OfApi, Comes = Delivered },
        new(
            "its labels almost name the workload",
            [Resolver, Problem],
            (b, r) => Mislabelled(
                b,
                "KubeDeploymentReplicasMismatch,deployment=api,"
                    + $"namespace={Pick(["SHOP", "shop ", "shop/", "shop\n", "s\u200Bhop", "../shop"], r)}"))
            { Before = OfApi, Comes = Delivered },
        new("no rule is about it", [RuleEngine], (b, _) =>
            b.Program = Of(Rule("other", new RuleOutcome.Run("restart-loop", NoValues), "{alertname=\"KubeJobFailed\"}")))
            { Before = (b, _) => b.Program = Of(Ours) },
        new(
            "a rule says to leave it",
            [RuleEngine],
            (b, r) => b.Program = Of(
                Ours,
                Rule(
                    "leave",
                    r.Next(2) == 0 ? new RuleOutcome.Suppress(new("known")) : new RuleOutcome.Escalate(new("look at it"), []),
                    "{alertname!=\"Other\"}")))
            { Before = (b, _) => b.Program = Of(Ours) },
        new("the last of many alerts says to leave it", [RuleEngine], (b, r) =>
            b.Rules = alert => alert.Since > b.Now ? Bench.Says(DecisionKind.Suppress, alert) : Bench.Run(alert))
        {
            Before = (b, r) =>
            {
                for (var i = r.Next(20, 40); i > 0; i--)
                {
                    b.Fire($"f{i}", startsAt: b.Now.AddMinutes(-i));
                }

                b.Fire("last", startsAt: b.Now.AddHours(1));
            },
            Comes = Nothing,
        },
        new("it does not last as long as its rule wants", [new("the rule's time", b => b.Rules = Bench.Run)], (_, _) => { })
        {
            Before = (b, r) => b.Rules = Lasting(TimeSpan.FromSeconds(r.Next(41, 55))),
            Goes = (b, r) =>
            {
                Decoy.Pass(b, r);
                Healed(b);
            },
        },
        new("it flaps, and all is well", [Problem], (b, _) => b.Crashing = false)
        {
            Goes = (b, r) =>
            {
                for (var i = r.Next(2, 8); i > 0; i--)
                {
                    b.Resolve();
                    b.Wake(TimeSpan.FromSeconds(r.Next(1, 60)));
                    b.Fire(startsAt: b.Now);
                }
            },
        },
        new("it heals before anything is done", [Problem], (_, _) => { }) { Goes = (b, _) => Healed(b) },
        new("it is over, and the problem still shows", [new("the end of an alert", b => b.Deaf = true)], (b, _) => b.Paused = "a moment")
        {
            Goes = (b, r) =>
            {
                b.Resolve();
                b.Wake(TimeSpan.FromSeconds(r.Next(1, 60)));
                b.Paused = null;
            },
        },
        new("nobody has repeated it for a day", [new("when an alert was last repeated", b => b.LastHeard = null)], (b, r) =>
            b.LastHeard = b.Now.AddHours(-r.Next(25, 90))),
        new("one that was resolved comes again, as after a cold start",
        [Memory("alerts that are over", (_, h) => h.Event is AlertObserved or AlertCleared ? null : h), Problem], (b, r) =>
        {
            b.Crashing = false;
            b.Fire("old", startsAt: b.Now.AddMinutes(-30));
            b.Resolve("old", startsAt: b.Now.AddMinutes(-30));
            b.Wake(TimeSpan.FromMinutes(r.Next(1, 19)));
        }) { Comes = (b, _) =>
            b.Fire("old", startsAt: b.Happenings<AlertObserved>().FirstOrDefault()?.Alert.StartsAt ?? b.Now.AddMinutes(-30)) },
        new("copies of it come while it is being repaired", [Memory("what is being repaired", (_, _) => null)], (b, r) =>
        {
            Decoy.Fire(b, r);
            b.Planned();
        }) { Comes = (b, r) => b.Fire($"copy{r.Next(3)}", startsAt: b.Now) },
        new("another alert of it comes while it is being repaired", [Memory("what is being repaired", (_, _) => null)], (b, r) =>
        {
            b.Fire("other", "Other");
            b.Planned();
        })
        {
            Before = (b, _) =>
            {
                b.Playbooks.Add(b.Playbook with { Name = "other", Source = "other" });
                b.Rules = alert => alert.Name == "Other" ? Bench.Run(alert) with { Playbook = "other" } : Bench.Run(alert);
            },
        },
        new("the process died while it acted, and nobody can tell what it did",
        [Memory("what was intended", (_, h) => h.Event is ActionIntended ? null : h)], (b, _) =>
        {
            b.Deaf = true;
            b.Restart();
        })
        {
            Before = (b, r) =>
            {
                Decoy.Fire(b, r);
                b.Planned();
            },
            Comes = (b, _) =>
            {
                if (!b.Deaf)
                {
                    b.Report(b.Act!, new CallFailed(FailureKind.Transient, "refused"));
                }
            },
            Turn = Recovers,
        },
        new("it is over because we have cordoned the node: no repair", [Verification, Wellness], (b, _) =>
            b.Cluster = [.. Nodes(b, "false", cordonedBy: "remediator")])
            { Before = Cordoned, Comes = (b, _) =>
                b.Resolve(), Turn = Looks, Turns = 40, Acts = b => b.Happenings<RunEnded>().Count(e => e.Outcome is RunOutcome.Verified) },
        new("it is over because we have cordoned the node: no reason to take it back", [Verification, Wellness], (b, _) =>
            b.Cluster = [.. Nodes(b, "false", cordonedBy: "remediator")])
            { Before = Cordoned, Comes = (b, _) => b.Resolve(), Turn = Looks, Turns = 40, Acts = b => b.Undoings },
        new("a person has cordoned the node again since we did", [Guard("held")], (b, _) =>
            b.Cluster = [.. Nodes(b, "true", cordonedBy: "somebody")])
        {
            Before = (b, r) =>
            {
                Cordoned(b, r);
                b.Verified();
            },
            Comes = Nothing,
            Acts = b => b.Undoings,
        },
        new(
            "what was changed for a time still stands",
            [Memory("what is to be taken back", (b, h) => b.Journal[0].IncidentId == h.IncidentId ? null : h)],
            (b, _) => b.Pauses = new([new("playbook restart-loop", "later", "ada", b.Now, null)], 1, null))
        {
            Before = (b, r) =>
            {
                OfNode(b);
                b.Playbooks.Add(b.Playbook with {
                    Name = "other",
                    Source = "other",
                    Problem = [Condition.Parse("node{cordoned=\"true\"}")] });
                b.Rules = alert => alert.Name == "Other" ? Bench.Run(alert) with { Playbook = "other" } : Bench.Run(alert);
                Cordon(b);
            },
            Comes = (b, _) =>
            {
                b.Verified();
                if (b.Last.Jobs.OfType<UndoPlan>().Any())
                {
                    b.Report(b.Job<UndoPlan>(), new CallReturned(new("uncordoned")));
                }

                b.Now += TimeSpan.FromMinutes(40);
                b.Fire("other", "Other", b.Now);
            },
        },
    ];

    private static Rule Ours => Rule("ours", new RuleOutcome.Run("restart-loop", NoValues), "{alertname=\"KubePodCrashLooping\"}");

    private static Rule Rule(string name, RuleOutcome then, string alert) =>
        new() { Name = name, Alert = Selector.Parse(alert), Then = then, Place = name };

    private static IRuleProgram Of(params Rule[] rules) => new NRulesEngine().Compile(new("d1", rules));

    private static Func<Fact, Decision> Lasting(TimeSpan time) => alert => Bench.Run(alert) with { For = time };

    private static void Healed(Bench bench)
    {
        bench.Crashing = false;
        bench.Resolve();
    }

    private static void Of(Bench bench, string kind, string space, string name, string pod)
    {
        bench.Resource = new("test", kind, space, name);
        bench.Playbook = bench.Playbook with { ResourceKinds = [kind] };
        bench.Settings = bench.Settings with { Protected = [] };
        bench.Alert = Alert(bench, $"KubePodCrashLooping,namespace={space},pod={pod}");
    }

    private static void OfApi(Bench bench, Random random) => bench.Alert = Alert(bench, $"KubePodCrashLooping,{ApiPod}");

    private static void Mislabelled(Bench bench, string alert) => (bench.Alert, bench.Crashing) = (Alert(bench, alert), false);

    private static void Delivered(Bench bench, Random random) => bench.Deliver(bench.Alert!);

    /// <param name="text">The name, and labels.</param>
    private static Alert Alert(Bench bench, string text)
    {
        var parts = text.Split(',');
        var labels = parts[1..].Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        labels["alertname"] = parts[0];
        return new() {
            Name = parts[0],
            Status = AlertStatus.Firing,
            Labels = labels,
            StartsAt = bench.Now.AddMinutes(-5),
            Fingerprint = "f" };
    }

    /// <summary>The node is cordoned, and well again since.</summary>
    private static void Cordoned(Bench bench, Random random)
    {
        OfNode(bench);
        Cordon(bench);
    }

    private static void Cordon(Bench bench)
    {
        bench.Fire();
        bench.Planned("cordon it");
        bench.Acted();
        bench.Cluster = [.. Nodes(bench, "true", cordonedBy: "remediator")];
    }

    private static void Recovers(Bench bench, Random random)
    {
        bench.Now += TimeSpan.FromSeconds(random.Next(20, 40));
        if (bench.Last.Jobs.OfType<ProbePlan>().Any())
        {
            bench.Report(bench.Job<ProbePlan>(), new ProbeAnswered(new(ProbeAnswer.Unknown, "the pod is gone")));
        }
        else
        {
            Decoy.Pass(bench, random);
        }
    }

    private static void Looks(Bench bench, Random random) => bench.Look(TimeSpan.FromSeconds(random.Next(10, 20)));
}
