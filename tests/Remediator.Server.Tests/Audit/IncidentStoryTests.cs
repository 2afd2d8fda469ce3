using System.Globalization;
using System.Text.Json;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Server.Audit;

namespace Remediator.Server.Tests.Audit;

public sealed class IncidentStoryTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-11-23T10:03:12Z", CultureInfo.InvariantCulture);
    private static readonly ResourceKey Api = new("prod", "deployment", "shop", "api");
    private static readonly Change Gone = new("pod shop/api-1", "exists", "yes", "");

    private static readonly ActionPlan Evict = new()
    {
        Summary = "evict pod shop/api-1, which restarted 7 times",
        Changes = [Gone],
        Preconditions = new Dictionary<string, string> { ["uid"] = "4e3c" },
    };

    private static readonly Event[] Repaired =
    [
        new AlertObserved(
            new() {
                Name = "KubePodCrashLooping",
                Status = AlertStatus.Firing,
                Labels = new Dictionary<string, string>(),
                StartsAt = Start.AddMinutes(-2),
                Fingerprint = "f" },
            "alertmanager", "pod shop/api-1 belongs to deployment shop/api",
            new Dictionary<string, string> { ["pod"] = "api-1", ["namespace"] = "shop" }),
        new IncidentOpened("restart-loop", "f", null),
        new Decided(new()
        {
            Kind = DecisionKind.Run, Rule = "restart-loop", Playbook = "restart-loop", Alert = "KubePodCrashLooping{pod=\"api-1\"}",
            RulesRevision = "r1", ViewVersion = 7, ViewAt = Start,
            Trace = [
                new(
                    "restart-loop",
                    "rules/workloads.yaml:3",
                    true,
                    [
                        new("alert", "$trouble-of-workloads", true, ""),
                        new("when", "$crashing-containers", true, "1 found")]),
                new(
                    "probe-failing",
                    "rules/workloads.yaml:9",
                    false,
                    [
                        new("when", "pod{ready=\"false\"}", true, "1 found"),
                        new("unless", "container{crashing=\"true\"}", false, "1 found")])],
        }),
        new RunStarted
        {
            RunId = "run1", Playbook = "restart-loop", PlaybookRevision = "p1", Source = "", With = new Dictionary<string, string>(),
            Mode = Mode.Auto, DefinitionsRevision = "d1", Commit = "c0ffee", DurationScale = 1,
        },
        new EvidenceCollected(
            [new("kubernetes.logs", "last lines of api-1", "line 1\nboom \u001b[31mred\n", [], new Dictionary<string, string>(), null)]),
        new StepPlanned(0, "evict the one bad pod", "kubernetes.evict-pod", ActionClass.Mild, Evict),
        new ActionIntended {
            ActionId = "a1",
            Step = 0,
            Name = "evict the one bad pod",
            Use = "kubernetes.evict-pod",
            Plan = Evict,
            NotAfter = Start.AddMinutes(1),
            Attempt = 1,
            Permits = ["cluster prod"] },
        new ActionSucceeded("a1", "evicted pod shop/api-1", [Gone]),
        new VerificationPassed(0, "3 of 3 replicas are ready"),
        new RunEnded(RunOutcome.Verified, "3 of 3 replicas are ready"),
        new IncidentClosed(CloseReason.Verified, "evict pod shop/api-1 helped"),
    ];

    [Fact]
    public void Repair_IsToldFromTheAlertToTheEnd()
    {
        var row = new IncidentRow
        {
            Id = "inc1", Resource = Api, Problem = "restart-loop", Status = "verified", Summary = "evict pod shop/api-1 helped",
            OpenedAt = Start, ClosedAt = Start.AddMinutes(4).AddSeconds(5),
        };

        Assert.Equal(
            """
            Incident inc1: restart-loop on deployment shop/api, cluster prod
            verified: evict pod shop/api-1 helped
            opened 2026-11-23 10:03:12Z, closed 2026-11-23 10:07:17Z after 4m5s
            trace t1

            2026-11-23 10:03:12Z  seen          KubePodCrashLooping is firing since 2026-11-23 10:01:12, says alertmanager
                                                pod shop/api-1 belongs to deployment shop/api
                                                {namespace="shop", pod="api-1"}
            2026-11-23 10:03:13Z  opened        restart-loop
            2026-11-23 10:03:14Z  decided       rule restart-loop says: run playbook restart-loop
                                                about KubePodCrashLooping{pod="api-1"}, rules r1, view 7 of 2026-11-23 10:03:12
                                                matched restart-loop (rules/workloads.yaml:3)
                                                  alert $trouble-of-workloads
                                                  when $crashing-containers: 1 found
                                                not probe-failing (rules/workloads.yaml:9)
                                                  unless container{crashing="true"}: 1 found
            2026-11-23 10:03:15Z  run           of playbook restart-loop began, in mode auto
                                                playbook revision p1, definitions d1, commit c0ffee
            2026-11-23 10:03:16Z  evidence      collected before anything was changed: kubernetes.logs
                                                kubernetes.logs: last lines of api-1
                                                  | line 1
                                                  | boom \x1b[31mred
            2026-11-23 10:03:17Z  planned       step 1 'evict the one bad pod': evict pod shop/api-1, which restarted 7 times
                                                kubernetes.evict-pod, mild
                                                pod shop/api-1 exists: yes -> (nothing)
                                                only if uid is 4e3c
            2026-11-23 10:03:18Z  intended      step 1 'evict the one bad pod': evict pod shop/api-1, which restarted 7 times
                                                kubernetes.evict-pod, action a1, attempt 1, no call after 2026-11-23 10:04:12
                                                holding cluster prod
                                                pod shop/api-1 exists: yes -> (nothing)
                                                only if uid is 4e3c
            2026-11-23 10:03:19Z  done          evicted pod shop/api-1
                                                pod shop/api-1 exists: yes -> (nothing)
            2026-11-23 10:03:20Z  verified      step 1: 3 of 3 replicas are ready
            2026-11-23 10:03:21Z  run ended     verified: 3 of 3 replicas are ready
            2026-11-23 10:03:22Z  closed        verified: evict pod shop/api-1 helped
            """,
            IncidentStory.Tell(new(row, [.. Repaired.Select((e, i) => Stored(e, i))]), full: false));
    }

    /// <summary>Grafana has silences too, and no list of them that is asked here.</summary>
    [Theory]
    [InlineData("grafana", "says grafana, whose silences cannot be asked for")]
    [InlineData("alertmanager/main", "says alertmanager/main")]
    public void AlertOfGrafana_SaysThatItsSilencesCannotBeAskedFor(string source, string said)
    {
        var row = new IncidentRow
            { Id = "inc1", Resource = Api, Problem = "restart-loop", Status = "open", Summary = "", OpenedAt = Start };
        var told = IncidentStory.Tell(new(row, [Stored(((AlertObserved)Repaired[0]) with { Source = source }, 0)]), full: false);
        Assert.Contains($"{said}\n", told.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryKindOfEvent_HasItsOwnWords()
    {
        Event[] others =
        [
            new AlertCleared("f", "A", Start, Start), new ProblemChanged("a", "b"), new Held("budget", "used up", Start),
            new Looked("p", Start, [LookItem.Saw("host.disk", []), LookItem.Failed("host.disk", "no route to host")]),
            new StepPassedOver(0, "s", "r"),
            new StepRefused(0, "s", "u", "r"), new PlanFailed(0, "s", "u", "r"), new WouldAct(0, "s", "u", Evict, "setting observe"),
            new WouldEscalate("r", "m", "setting observe"),
            new ApprovalRequested(0, "s", "u", Evict, Start), new ApprovalGiven(0, "fine"),
            new ActionFailed("a1", FailureKind.Transient, "m"),
            new ActionProbed("a1", ProbeAnswer.DidNotHappen, "m"), new ActionInDoubt("a1", "m"), new VerificationFailed(0, "o", true),
            new ActionUndone("a1", "m", [Gone]),
            new UndoIntended("a1", "w", Start), new UndoFailed("a1", "m"), new Notified("alertmanager", true),
            new NotifyFailed("alertmanager", "r"),
            new ActionBegan("a1", "h", "m", TimeSpan.FromSeconds(15), Start), new ActionProgressed("a1", "2 of 5", true),
            new PushIntended("a1", "2 of 5", 2, Start), new StopDeferred("a1", "paused", "r"),
            new CancelIntended("a1", "r", Start), new ActionCancelled("a1", "m", [Gone]), new CancelFailed("a1", "m"),
            new HoldEnded("stale"),
            new Escalated { Severity = "critical", Message = "m", Reason = "r", Tried = ["one"], NextStep = "n", Evidence = "e" },
            new PauseBegan("namespace shop", "big sale", Start), new PauseEnded("namespace shop", "over"),
            new JournalArchived(7, 7, "archive-7.jsonl", "abc"), new Snapshot(3, JsonElement.Parse("{}")),
            new Forgotten(1, 2, [new("prod/deployment/shop/api", 7, "abc")]), new ReplicaJoined("10.0.0.1:11111@7", "pod-a"),
            new ReplicaLeft("10.0.0.1:11111@7", "pod-a", Start), new ReplicaLost("10.0.0.1:11111@7", "pod-a", Start, ["10.0.0.2:11111@8"]),
            new ReplicaFenced("10.0.0.1:11111@7", "pod-a", "the others have declared it dead"),
            new PlaybookDemoted("restart-loop", Mode.Auto, Mode.Approve, "i1", "it came back"),
            new PlaybookPromoted("restart-loop", Mode.Auto, "mended"), new RepairJudged("restart-loop", "i1", Judgement.False, "r"),
            new PageHoldIntended("a1", ["f"], Start, "its last 12 runs helped"), new PageHoldExtended("a1", Start, "the act goes on"),
            new PageHeld("f", "A", "s1", Start),
            new PageNotHeld("f", "A", "r", true), new PageReleased("f", "A", "s1", "verified"), new PageReleaseFailed("f", "A", "r"),
            new RepairsStopped("p", ["i1", "i2"]), new RepairAllowed("p", "r"),
            new StormChanged(StormPhase.CoolingDown, "4 of 6 nodes of zone a are not ready"),
            new RevisionRanWell("test/deployment/shop/api", "u1", "7c9f"),
            new RevisionStruckOff("test/deployment/shop/api", "u1", "7c9f", "incident i1 opened while it was the newest"),
            new ResourceStuck("test/deployment/shop/odd", "s1", Start, "why"), new ResourceWentOn("test/deployment/shop/odd", "well"),
            new TokenCreated("t1", "ann", "approver", "abc", Start), new TokenRevoked("t1", "ann", "left"), new TokenExpired("t1", "ann"),
        ];

        var all = Repaired.Concat(others).Select((e, i) => Stored(e, i)).ToList();

        Assert.Equal(EventCodec.KnownTypes.Order(), all.Select(e => e.Type).Distinct().Order());
        Assert.All(all, e =>
            Assert.DoesNotContain("cannot interpret this entry", Narrator.Tell(e, full: false).Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void Entry_OfANewerVersion_IsShownAsItIsStored()
    {
        var chapter = Narrator.Tell(Stored(Repaired[1], 0) with { Type = "dreamt", Payload = """{"of":"sheep"}""" }, full: false);

        Assert.Equal(("dreamt", """{"of":"sheep"}"""), (chapter.Word, Assert.Single(chapter.Lines)));
    }

    [Fact]
    public void LongEvidence_IsCut_UnlessAllOfItIsAskedFor()
    {
        var long_ = new EvidenceCollected(
            [new("kubernetes.logs", "t", string.Join('\n', Enumerable.Range(1, 100)), [], new Dictionary<string, string>(), null)]);
        var row = new IncidentRow { Id = "i", Resource = Api, Problem = "p", Status = "running", Summary = "", OpenedAt = Start };

        var cut = IncidentStory.Tell(new(row, [Stored(long_, 0)]), full: false);

        Assert.Contains("t, the last 12 of 100 lines (--full shows all)", cut, StringComparison.Ordinal);
        Assert.Contains("| 89", cut, StringComparison.Ordinal);
        Assert.DoesNotContain("| 88", cut, StringComparison.Ordinal);
        Assert.Contains("| 88", IncidentStory.Tell(new(row, [Stored(long_, 0)]), full: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Person_WhoActed_IsNamed()
    {
        var row = new IncidentRow { Id = "i", Resource = Api, Problem = "p", Status = "running", Summary = "", OpenedAt = Start };

        Assert.EndsWith(
            "approved      step 1: fine  [ann]",
            IncidentStory.Tell(new(row, [Stored(new ApprovalGiven(0, "fine"), 0) with { Actor = "ann" }]), full: false),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ArchivedEntries_AreNamed()
    {
        var row = new IncidentRow { Id = "i", Resource = Api, Problem = "p", Status = "running", Summary = "", OpenedAt = Start };

        string Tell(string? first) => IncidentStory.Tell(new(row, [], new(first, "b.jsonl")), full: false);

        Assert.Contains(
            "older entries are archived, in a.jsonl to b.jsonl (of Journal:ArchiveFolder)", Tell("a.jsonl"), StringComparison.Ordinal);
        Assert.Contains("older entries are archived, in b.jsonl (of Journal:ArchiveFolder)", Tell("b.jsonl"), StringComparison.Ordinal);
        Assert.Contains("older entries are archived, in files up to b.jsonl", Tell(null), StringComparison.Ordinal);
    }

    private static JournalEvent Stored(Event happened, int index) => new()
    {
        Sequence = index + 1, Resource = Api, Version = index + 1, EventId = $"e{index}", IncidentId = "inc1",
        Type = EventCodec.NameOf(happened), Schema = EventCodec.Schema,
        At = Start.AddSeconds(index), Actor = Happened.Engine, TraceId = "t1", Payload = EventCodec.Write(happened), PreviousHash = "",
        Hash = "",
    };
}
