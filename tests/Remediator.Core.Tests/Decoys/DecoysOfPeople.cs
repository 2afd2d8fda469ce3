using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Rules;
using Remediator.Core.Tests.Incidents;
using static Remediator.Core.Tests.Decoys.Protection;
using static Remediator.Core.Tests.Decoys.Scenes;

namespace Remediator.Core.Tests.Decoys;

/// <summary>What people, and the tools that they use, have said or have in hand.</summary>
internal static class DecoysOfPeople
{
    private static readonly string[] Scopes = [
        "everything", "cluster test", "namespace shop", "resource deployment/shop/api", "playbook restart-loop"];
    private static readonly string[] Marks = ["kured", "karpenter", "cluster-autoscaler"];

    private static readonly Protection ModeAtWork = Look("the mode", b =>
    {
        (b.Settings, b.Policy, b.Standings, b.Playbook) =
            (b.Settings with { Mode = Mode.Auto }, Policy.Default, Standings.Empty, b.Playbook with { Mode = Mode.Auto });
        b.Workload.Remove("mode");
    });

    public static IReadOnlyList<Decoy> List { get; } =
    [
        new("the switch is on", [Guard("paused")], (b, r) => b.Paused = $"reason {r.Next()}"),
        new("a person has paused it", [Guard("paused")], (b, r) =>
            b.Pauses = new([new(Pick(Scopes, r), "moving house", "ada", b.Now, null)], 1, null)),
        new("what is paused cannot be read", [Guard("paused")], (b, _) => b.Pauses = new([], -1, "the store is away")),
        new("it is paused while a step is to be undone", [Guard("paused")], (b, r) =>
            b.Pauses = new([new(Pick(Scopes, r), "moving house", "ada", b.Now, null)], 1, null))
            { Before = ToBeUndone, Comes = Nothing, Acts = b => b.Undoings },
        new("an annotation holds it", [Guard("held")], (b, r) =>
            b.Workload[r.Next(2) == 0 ? "hold" : "namespace_hold"] = $"being debugged {r.Next()}"),
        new("an annotation holds it while a step is to be undone", [Guard("held")], (b, r) =>
            b.Workload["hold"] = $"being debugged {r.Next()}")
            { Before = ToBeUndone, Comes = Nothing, Acts = b => b.Undoings },
        new("an annotation holds its node", [Guard("held")], (b, _) => b.Cluster = [.. Nodes(b, "true", hold: "kernel test"), PodOn("n1")]),
        new("a person has cordoned the node", [Guard("held")], (b, _) => b.Cluster = [.. Nodes(b, "false", cordonedBy: "somebody")])
            { Before = (b, _) => OfNode(b) },
        new("somebody has silenced the alert", [Guard("held")], (b, r) =>
        {
            b.Silences = Bench.Read(
                [new(
                    "s", "bob", "known", b.Now.AddHours(-r.Next(1, 9)), b.Now.AddHours(r.Next(1, 9)),
                    [new("namespace", "shop", false, true)])],
                null,
                "");
            b.ReadsSilences = true;
        }),
        new("whether it is silenced cannot be read", [Guard("held")], (b, r) =>
            b.Silences = Bench.Read([], b.Now.AddMinutes(-r.Next(15, 90)), "no answer")),
        new(
            "a maintenance window is open",
            [Guard("held")],
            (
                b,
                r) => b.Policy = new() { Maintenance = [new(
                    "0 0 * * *", TimeZoneInfo.Utc, TimeSpan.FromDays(r.Next(2, 9)), PolicyMatch.Everything, "release")] }),
        new("another tool works on its node", [Guard("held")], (b, r) =>
            b.Cluster = [.. Nodes(b, "true", taken: Pick(Marks, r)), PodOn("n1")]),
        new("a setting protects it", [Guard("protected")], (b, r) =>
            b.Settings = b.Settings with { Protected = [$"sh*/{(r.Next(2) == 0 ? "deployment" : "*")}/api"] }),
        new("the policy protects it", [Guard("protected")], (b, _) => b.Policy = new() { Protected = ["shop/*/api"] }),
        new("the setting only observes", [Guard("mode"), ModeAtWork], (b, r) =>
            b.Settings = b.Settings with { Mode = r.Next(2) == 0 ? Mode.Observe : Mode.Off }),
        new("the object says no", [Guard("mode"), ModeAtWork], (b, r) => b.Workload["mode"] = r.Next(2) == 0 ? "off" : "diagnose"),
        new("the playbook only observes", [Guard("mode"), ModeAtWork], (b, _) => b.Playbook = b.Playbook with { Mode = Mode.Observe }),
        new("the policy only observes here", [Guard("mode"), ModeAtWork], (b, _) =>
            b.Policy = new() { Modes = [new(new(new Dictionary<string, string> { ["namespace"] = "sh*" }), Mode.Observe)] }),
        new(
            "the playbook was lowered for what it did",
            [Guard("mode"), ModeAtWork],
            (
                b,
                r) => b.Standings = Standings.Empty.After(new(
                    new PlaybookDemoted("restart-loop", Mode.Approve, Mode.Observe, "i", "it did no good"),
                    null,
                    b.Now.AddDays(-r.Next(1, 30)),
                    "t",
                    Happened.Engine))),
        new("the playbook was lowered in git after the run began", [Guard("mode"), ModeAtWork], (b, r) =>
            b.Playbook = b.Playbook with { Mode = r.Next(2) == 0 ? Mode.Observe : Mode.Off, Source = "newer" })
            { Before = Fire, Comes = Nothing },
        new("nobody has released it", [Guard("mode")], (b, _) => b.Playbook = b.Playbook with { Mode = Mode.Approve })
            { Before = (b, _) => b.Playbook = Undo() },
        new("one person has released it twice, and two have to", [new("people are told apart", b => b.OtherPerson += " again")], (b, r) =>
            b.OtherPerson = r.Next(2) == 0 ? "ada" : "ADA")
        {
            Before = (b, r) =>
            {
                b.Policy = Two;
                ToBeReleased(b, r);
            },
            Comes = (b, _) =>
            {
                b.Approve("ada");
                b.Approve(b.OtherPerson);
            },
        },
        new("one person has released it, and now two have to", [Guard("mode")], (b, _) => b.Policy = Two)
            { Before = Released, Comes = Nothing },
        new("another change was released", [Remembered], (b, r) =>
            b.NextPlan = b.NextPlan with { Changes = [new("deployment shop/api", "revision", "8", $"{r.Next(1, 7)}")] })
            { Before = Released, Comes = Nothing },
        new("another object of its name was released", [Remembered], (b, r) =>
            b.NextPlan = b.NextPlan with { Preconditions = new Dictionary<string, string> { ["uid"] = $"u{r.Next()}" } })
            { Before = Released, Comes = Nothing },
        new("git would put it back", [Guard("ownership"), Look("the owner", b => b.Workload.Remove("managed_by"))], (b, r) =>
            b.Workload["managed_by"] = Pick(["argocd", "flux", "operator", "flagger", "argo-rollouts", "fleet"], r))
            { Before = (b, _) => b.Playbook = Undo() },
        new("git would put a claim back", [Guard("ownership"), Look("the owner", b => b.Cluster = [Claim()])], (b, r) =>
            b.Cluster = [Claim(Pick(["argocd", "flux", "operator", "fleet"], r))])
            { Before = (b, _) => OfClaim(b, "kubernetes.rollout-undo") },
        new("the next upgrade of its Helm release would undo it", [Guard("mode")], (b, _) => b.Workload["managed_by"] = "helm")
            { Before = (b, _) => b.Playbook = Undo() },
        new("people have it for another trouble", [Memory("what people have", OfPeople)], (b, _) => Call(b))
            { Before = (b, _) => b.Rules = ToPeople },
        new("people are called to it while a run goes on", [Memory("what people have", OfPeople)], (b, _) => Call(b))
        {
            Before = (b, r) =>
            {
                b.Rules = ToPeople;
                Fire(b, r);
            },
            Comes = Nothing,
        },
    ];

    private static Policy Two => new() { Approvals = [new(PolicyMatch.Everything, 2)] };

    private static Protection Remembered =>
        Memory("the plan that was released", (b, h) =>
            h.Event is StepPlanned planned ? h with { Event = planned with { Plan = b.NextPlan } } : h);

    private static void ToBeUndone(Bench bench, Random random)
    {
        bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("undo", "kubernetes.rollout-undo", undo: true));
        Fire(bench, random);
        bench.Climb(good: false);
    }

    private static void ToBeReleased(Bench bench, Random random)
    {
        bench.Playbook = Undo() with { Mode = Mode.Approve };
        bench.NextPlan = new()
        {
            Summary = "undo the rollout",
            Changes = [new("deployment shop/api", "revision", "8", "7")],
            Preconditions = new Dictionary<string, string> { ["uid"] = "u", ["generation"] = "3" },
        };
        Fire(bench, random);
        Pass(bench, random);
    }

    private static void Released(Bench bench, Random random)
    {
        ToBeReleased(bench, random);
        bench.Approve();
    }

    private static Decision ToPeople(Fact alert) => alert.Name == "Trouble" ? Bench.Says(DecisionKind.Escalate, alert) : Bench.Run(alert);

    private static void Call(Bench bench) => bench.Fire("p", "Trouble", bench.Now);

    private static Happened? OfPeople(Bench bench, Happened happened) =>
        happened.Event is RunEnded
            || bench.Journal.Any(h => h.IncidentId == happened.IncidentId && h.Event is IncidentOpened { Problem: "Trouble" })
            ? null
            : happened;

    private static Fact PodOn(string node) => Safety.Fleet.Pod(node, "a");

    private static void Fire(Bench bench, Random random) => Decoy.Fire(bench, random);

    private static void Pass(Bench bench, Random random) => Decoy.Pass(bench, random);
}
