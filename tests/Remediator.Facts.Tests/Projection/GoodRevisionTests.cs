using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

/// <summary>
/// When a revision is one to go back to: it has run well as a whole for two minutes (thirty where nothing is set), and nothing speaks
/// against it since.
/// </summary>
public sealed class GoodRevisionTests : ProjectionTest
{
    private static readonly ContainerStatus Crash = A.Waiting("CrashLoopBackOff", 3, A.Ended(1));

    private static readonly ResourceKey Api = new("test", "deployment", "shop", "api");

    [Fact]
    public void WhatRanWellAsAWhole_IsGood_AfterARestartToo()
    {
        See(Running(3));
        Says(AfterARestart(), ("previous_revision", "good"), ("previous_was_available", "true"));
    }

    [Fact]
    public void OneOfThreeThatIsNotReady_IsNoWhole() =>
        IsNotGood([.. Pods(2), A.Pod("api-good-2", Owner, "good", A.Running() with { Ready = false }, ready: false)]);

    [Fact]
    public void OneThatWasThereAndBecameReadyLate_IsNoWhole() => IsNotGood([.. Pods(2), Pod(2, readyFor: 1)]);

    [Fact]
    public void OneThatCrashedOnTheWay_IsNotWell() =>
        IsNotGood([.. Pods(2), A.Pod("api-good-2", Owner, "good", A.Running(1, 1.5, A.Ended(1.5)), readyForMinutes: 1)]);

    [Fact]
    public void OneThatIsMissing_IsNoWhole() => IsNotGood([.. Pods(2)]);

    [Fact]
    public void OneThatAnAutoscalerHasJustAdded_TakesNothingFromTheOthers()
    {
        See(Running(3) with { Pods = [.. Pods(2), Young(2)] });
        Says(AfterARestart(), ("previous_was_available", "true"));
    }

    [Fact]
    public void MostThatAreYoung_ProveNothing() => IsNotGood([Pod(0), Young(1), Young(2)]);

    [Fact]
    public void IncidentThatOpenedOnIt_StrikesItOff_AndItHasToRunWellForAsLongAgain()
    {
        See(Running(3));
        Good.Opened(Api, Uid, "good");
        See(Running(3));
        Says(AfterARestart(), ("previous_was_available", "false"));

        Good.Now = A.Now.AddMinutes(2);
        See(Running(3), minutesLater: 2);
        Says(AfterARestart(minutesLater: 2), ("previous_was_available", "true"));
    }

    [Fact]
    public void IncidentThatOpenedBeforeItWasGood_MakesItWaitForAsLong()
    {
        Good.Opened(Api, Uid, "good");
        See(Running(3));
        Says(AfterARestart(), ("previous_was_available", "false"));
    }

    [Fact]
    public void OneOfWhichMostPodsWereSick_IsStruckOff_AfterARestartToo()
    {
        See(Running(3));
        See(Running(3) with { Pods = [.. Enumerable.Range(0, 3).Select(i => A.Pod($"api-good-{i}", Owner, "good", Crash, ready: false))] });
        Says(AfterARestart(), ("previous_revision", "good"), ("previous_was_available", "false"));
    }

    [Fact]
    public void WorkloadMadeAnewUnderTheSameName_HasNotRunYet()
    {
        See(Running(3));
        var bad = BadRollout();
        var anew = bad.Deployments[0] with { Metadata = bad.Deployments[0].Metadata with { Uid = "another" } };
        var view = new SeenCluster(new(), good: Good).See(bad with { Deployments = [anew] }, A.Now);
        Says(view.Named("workload").Single(), ("previous_was_available", "false"));
    }

    private static OwnerReference Owner => A.Owner("ReplicaSet", "api-good");

    private static string Uid => A.Deployment("api").Metadata.Uid;

    private void IsNotGood(IReadOnlyList<Pod> pods)
    {
        See(Running(3) with { Pods = pods });
        Says(AfterARestart(), ("previous_was_available", "false"));
    }

    private void See(ClusterObjects objects, double minutesLater = 0) => Project(objects, minutesLater);

    /// <summary>Another process, with an empty memory and the same journal, while a bad rollout has taken all old pods away.</summary>
    private Core.Facts.Fact AfterARestart(double minutesLater = 0) =>
        Assert.Single(
            new SeenCluster(new(), good: Good).See(BadRollout(), A.Now.AddMinutes(minutesLater)).All, f => f.Name == "workload");

    private static ClusterObjects Running(int desired) => new()
    {
        Deployments = [A.Deployment("api", desired)],
        ReplicaSets = [A.ReplicaSet("api", "good", 1, 600)],
        Pods = [.. Pods(desired)],
    };

    private static IEnumerable<Pod> Pods(int count) => Enumerable.Range(0, count).Select(i => Pod(i));

    private static Pod Pod(int i, int readyFor = 600) => A.Pod($"api-good-{i}", Owner, "good", readyForMinutes: readyFor);

    private static Pod Young(int i)
    {
        var pod = Pod(i, readyFor: 0);
        return pod with { Metadata = pod.Metadata with { CreationTimestamp = A.Now.AddMinutes(-1) } };
    }

    private static ClusterObjects BadRollout() => new()
    {
        Deployments = [A.Deployment("api")],
        ReplicaSets = [A.ReplicaSet("api", "good", 1, 600), A.ReplicaSet("api", "bad", 2, 5)],
        Pods = [A.Pod("api-bad-1", A.Owner("ReplicaSet", "api-bad"), "bad", Crash, ready: false)],
    };
}
