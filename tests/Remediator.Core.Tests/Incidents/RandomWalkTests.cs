using FsCheck.Xunit;
using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Tests.Safety;

namespace Remediator.Core.Tests.Incidents;

/// <summary>Whatever comes in whatever order, what must never happen does not.</summary>
public sealed class RandomWalkTests
{
    [Property(MaxTest = 500)]
    public void NoOrderOfEvents_MakesTheEngineActWhenItMustNot(byte[] moves, bool goesOn)
    {
        var bench = new Bench();
        bench.Playbook = goesOn ? Long : bench.Playbook;
        foreach (var move in moves)
        {
            var intents = bench.Intents.Count;
            Move(bench, move);
            if (bench.Intents.Count > intents)
            {
                AssertMayAct(bench);
            }
        }

        foreach (var run in bench.Intents.GroupBy(i => i.ActionId))
        {
            Assert.InRange(run.Count(), 1, 2);
        }

        AssertEffectsAreKnown(bench);
    }

    /// <summary>Acts that go on after their call: one that can be cancelled, one that cannot.</summary>
    internal static Playbook Long { get; } =
        Bench.RestartLoop(Mode.Auto, Bench.Step("drain", "test.drain", undo: true), Bench.Step("replace", "test.replace"));

    private static void AssertMayAct(Bench bench)
    {
        Assert.True(bench.Crashing, "acted on a problem that the cluster does not show");
        Assert.True(bench.ViewState is ViewState.Ready && bench.ViewAge <= bench.Settings.MaxViewAge, "acted on an old view");
        Assert.Null(bench.Paused);
        Assert.NotEqual(Mode.Observe, bench.Settings.Mode);
        Assert.Null(bench.Rules);
        Assert.DoesNotContain(bench.Cluster, f => f["ready"] == "false"); // a storm, or a sick node under the pod
        Assert.True(bench.State.Incidents.Count(i => i.Run is not null) <= 1, "two runs at once");
    }

    /// <summary>An act that succeeded or is in doubt is never intended again.</summary>
    private static void AssertEffectsAreKnown(Bench bench)
    {
        var over = new HashSet<string>();
        foreach (var happened in bench.Journal)
        {
            switch (happened.Event)
            {
                case ActionIntended intended:
                    Assert.DoesNotContain(intended.ActionId, over);
                    break;
                case ActionSucceeded done:
                    over.Add(done.ActionId);
                    break;
                case ActionCancelled cancelled:
                    over.Add(cancelled.ActionId);
                    break;
                case ActionInDoubt doubt:
                    over.Add(doubt.ActionId);
                    break;
                case ActionProbed { Answer: ProbeAnswer.Happened } probed:
                    over.Add(probed.ActionId);
                    break;
            }
        }
    }

    internal static void Move(Bench bench, byte move)
    {
        switch (move % 20)
        {
            case 0 or 1: bench.Fire("f" + (move / 20 % 3), startsAt: bench.Now); break;
            case 2: bench.Resolve("f" + (move / 20 % 3), startsAt: bench.Now); break;
            case 3: bench.Wake(TimeSpan.FromSeconds(move)); break;
            case 4: bench.Wake(TimeSpan.FromMinutes(move)); break;
            case 5: bench.Crashing = !bench.Crashing; break;
            case 6: bench.ViewAge = move > 128 ? TimeSpan.FromMinutes(2) : TimeSpan.Zero; break;
            case 7: bench.Paused = move > 160 ? "a test" : null; break;
            case 8: bench.Settings = new() { Mode = move > 160 ? Mode.Observe : Mode.Auto }; break;
            case 10: bench.Cluster = Cluster(move / 20); break;
            case 9: bench.Rules = move > 200 ? a => Bench.Says(DecisionKind.Suppress, a) : null; break;
            default: Answer(bench, move); break;
        }
    }

    private static ActionOutcome Outcome(string use, byte move) => new("done")
    {
        Began = use.StartsWith("test.", StringComparison.Ordinal) && move % 3 > 0
            ? new("handle", TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(20))
            : null,
    };

    /// <summary>All is well, a node under the pod is sick, or a zone is in a storm.</summary>
    private static List<Fact> Cluster(int state) => (state % 3) switch
    {
        0 => [],
        1 => [.. Fleet.Nodes("a", 5, 1), .. Fleet.Nodes("b", 9, 0), Fleet.Pod("a5", "a", ready: "")],
        _ => [.. Fleet.Nodes("a", 2, 4), .. Fleet.Nodes("b", 9, 0), Fleet.Pod("a1", "a", ready: "")],
    };

    private static void Answer(Bench bench, byte move)
    {
        bench.Now += TimeSpan.FromSeconds(2);
        if (bench.Act is { } act && bench.State.Incidents.Exists(i => i.Run is { Phase: RunPhase.Acting }))
        {
            bench.Report(act, move % 4 == 0
                ? new CallFailed((FailureKind)(move / 4 % 3), "failed")
                : new CallReturned(Outcome(act.Call.Use, move)));
            return;
        }

        switch (bench.Last.Jobs.FirstOrDefault(j => j is not (HoldPages or ReleasePages)))
        {
            case MakePlan plan: bench.Report(
                plan, move % 5 == 0 ? new PlanRefused("no") : new PlanMade(new() { Summary = "do it" })); break;
            case ProbePlan probe: bench.Report(probe, new ProbeAnswered(new((ProbeAnswer)(move % 3), "probed"))); break;
            case WatchAct watch: bench.Report(
                watch, new ActSeen(new((ActState)(move % 4), $"looked {move % 3}") { NeedsPush = move % 7 == 0 })); break;
            case CancelAct or UndoPlan: bench.Report(bench.Last.Jobs.First(j => j is CancelAct or UndoPlan), move % 4 == 0
                ? new CallFailed((FailureKind)(move / 4 % 3), "failed")
                : new CallReturned(new("ended"))); break;
            case VerifyRepair verify: bench.Report(verify, new RepairChecked(new(move % 3 == 0, "seen"))); break;
            case TellPeople tell: bench.Report(
                tell, new PeopleTold([new("notify.alertmanager", move % 2 == 0 ? null : "away")])); break;
            default: bench.Wake(TimeSpan.FromSeconds(15)); break;
        }
    }
}
