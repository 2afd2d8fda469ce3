using System.Globalization;
using k8s.Models;
using Remediator.Core.Events;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>What went wrong beside the cases of others, and cases of nodes: through projection, rules, guards and a run.</summary>
public sealed class FaultsBesideTests
{
    /// <summary>A container that has never been restarted may be held back: it counts from its first restart on.</summary>
    [Fact]
    public void BackOffBeforeTheFirstRestart_IsACrashLoop()
    {
        var (shop, pods) = CasesOfPodsTests.Recovering("04-recovered-pod-is-evicted", "deploy.yaml", 3);
        pods[0].Crashing(0);
        Assert.Equal(("**does**", "evict the one bad pod"), shop.Judge("alert.json", pods[0]));
    }

    /// <summary>No registry was asked. There is no revision before it.</summary>
    [Fact]
    public void ImageWhoseNameIsNotValid_IsToldAsThat()
    {
        const string Words = "Failed to apply default image tag \"remediator.test/TYPO:2\": couldn't parse image reference";
        var shop = new Case("17-not-found-is-not-the-registry").Apply("v1.yaml");
        shop.Deployment.Spec.Template.Spec.Containers[0].Image = "remediator.test/TYPO:2";
        var pod = shop.Cluster.Run(shop.Cluster.RollOut(shop.Deployment, 4), 1, 4)[0].Held("InvalidImageName", Words, 4);
        shop.Cluster.Tell(pod, "InspectFailed", Words);
        var (decision, reason) = shop.Judge("alert.json", pod);
        Assert.Equal("tells a person", decision);
        Assert.Contains("its name is not valid", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("the registry does not have it", reason, StringComparison.Ordinal);
    }

    /// <summary>An autoscaler has taken it away, and its alert looks back.</summary>
    [Fact]
    public void NodeThatIsDeletedWhileItsAlertGoesOn_IsNotToldAsNotReady()
    {
        var it = DeadNode(minutes: 1);
        it.Cluster.Later.Add((CaseCluster.Now.AddMinutes(2), () => it.Cluster.Nodes.RemoveAll(n => n.Name() == "h1")));
        CasesOfPodsTests.Nothing(it.Judge("alert.json"));
        Assert.DoesNotContain(it.Events, e => e is Escalated);
    }

    /// <summary>kubereboot/kured #478 and #847: a node that never came back keeps its lock.</summary>
    [Theory]
    [InlineData(5 * 24 * 60, false)]
    [InlineData(31, false)]
    [InlineData(10, true)]
    public void C19_LockThatIsOver_HoldsNothing_AndOneThatEndsHoldsUntilThen(int minutesOld, bool holds)
    {
        var it = DeadNode(minutes: 1).Apply(
            "kured.yaml", ("CREATED", CaseCluster.Now.AddMinutes(-minutesOld).ToString("O", CultureInfo.InvariantCulture)));
        Assert.Equal("tells a person", it.Judge("alert.json").Decision);
        Assert.Equal(
            holds,
            it.Events.OfType<Held>().Any(h => h.Reason.Contains("kured (lock weave.works/kured-node-lock)", StringComparison.Ordinal)));
    }

    /// <summary>What people are told is sentences: no fact with its labels stands in it.</summary>
    [Theory]
    [InlineData("bad rollout")]
    [InlineData("one bad pod")]
    [InlineData("one not ready")]
    [InlineData("no image")]
    [InlineData("no secret")]
    [InlineData("stuck")]
    public void WhatPeopleAreTold_HoldsNoWholeFacts(string what)
    {
        var scene = new Scene(3);
        Set(what)(scene);
        scene.Afterwards.ForEach(a => a(scene));
        scene.Sick.ForEach(p => scene.Cluster.Logs[p.Name()] = ["starting", "dial tcp 10.0.0.9:5432: connect: connection refused"]);
        scene.Deployment.Metadata.Annotations = new Dictionary<string, string> { ["remediator.io/evict"] = "never" };
        scene.Deployment.Metadata.Labels = new Dictionary<string, string> { ["kustomize.toolkit.fluxcd.io/name"] = "apps" };
        var (decision, reason) = scene.Judge();
        Assert.NotEmpty(reason);
        var told = scene.Case.Events.OfType<Escalated>().Select(e => $"{e.Message} {e.Reason} {e.NextStep}");
        Assert.All(told.Append($"{decision}: {reason}"), t => Assert.DoesNotMatch(@"\b[a-z_]+\{[a-z_]+(=|!=|=~|<=|>=|>|<)", t));
    }

    private static Action<Scene> Set(string what) => what switch
    {
        "bad rollout" => JudgedScenes.BadRollout,
        "one bad pod" => JudgedScenes.OneBadPod,
        "one not ready" => JudgedScenes.OneNotReady,
        "no image" => JudgedScenes.NoImage,
        "no secret" => JudgedScenes.NoSecret,
        _ => JudgedScenes.Stuck,
    };

    private static Case DeadNode(double minutes)
    {
        var it = new Case("19-expired-kured-lock");
        it.Cluster.Nodes.Add(Controllers.Node("h1", ready: false, minutes));
        return it;
    }
}
