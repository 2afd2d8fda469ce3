using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Kubernetes.Pods;

/// <summary>What people are told about going back.</summary>
public sealed class WayBackTests
{
    private const string Begin =
        "Its release is at fault, and only a person may take a StatefulSet back, since its data may have moved on: ";
    private const string RanWell = " (the StatefulSet's own revision 4 ran well)";
    private const string Then =
        ". Then delete what is broken, since its controller would wait for it for ever: `kubectl delete pod db-2 -n shop`";

    [Theory]
    [InlineData("", "", "true", "`kubectl rollout undo statefulset/db -n shop --to-revision=4`" + RanWell + Then)]
    [InlineData("", "", "false", "`kubectl rollout undo statefulset/db -n shop --to-revision=4`" + RanWell)]
    [InlineData(
        "helm", "shop", "true",
        "`helm rollback shop N -n shop` takes back all of the release, where N is Helm's own revision of before 2026-11-23 02:48 UTC, "
            + "which `helm history shop -n shop` lists, and not a revision of the object" + RanWell + Then)]
    [InlineData(
        "argocd", "shop", "false",
        "Argo CD (application 'shop') would put back what is changed in the cluster; make the change in its git repository" + RanWell)]
    [InlineData(
        "operator", "Kafka shop", "false",
        "Kafka shop would put back what is changed in the cluster; make the change in Kafka shop" + RanWell)]
    public void StatefulSetWhoseReleaseIsAtFault_IsToldWithTheWayBack(string managedBy, string name, string oneByOne, string how) =>
        Assert.Equal(
            Begin + how,
            WayBack.Of(Known(("managed_by", managedBy), ("managed_by_name", name), ("one_by_one", oneByOne))));

    [Fact]
    public void HelmsRevision_IsNotSaidToBeOfATimeThatIsNotKnown() => Assert.Contains(
        "`helm rollback shop N -n shop` takes back all of the release, where N is Helm's own revision of before that rollout",
        WayBack.Of(Known(("managed_by", "helm"), ("managed_by_name", "shop"), ("rollout_age_minutes", ""))), StringComparison.Ordinal);

    [Fact]
    public void RevisionThatWasNotSeenToRunWell_IsCalledSo() => Assert.EndsWith(
        "(the StatefulSet's own revision 4 came before it, and was not seen to run well)",
        WayBack.Of(Known(("previous_was_available", "false"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("rollout_at_fault", "false")]
    [InlineData("workload_kind", "deployment")]
    [InlineData("previous_number", "")]
    public void WhatIsNotAtFault_OrIsTakenBackOtherwise_HasNone(string field, string value) =>
        Assert.Null(WayBack.Of(Known((field, value))));

    [Theory]
    [InlineData("it has run well before", "2", "12", "Its release of 12 minutes ago is not blamed: it has run well before")]
    [InlineData("it has run well before", "0", "12", null)]
    [InlineData("it has run well before", "2", "9000", null)]
    [InlineData("it has run well before", "2", "", null)]
    [InlineData("", "2", "12", null)]
    public void DoubtAboutARecentRollout_IsTold(string doubt, string sick, string age, string? told) => Assert.Equal(
        told, WayBack.NotBlamed(Known(("rollout_doubt", doubt), ("newest_sick", sick), ("rollout_age_minutes", age))));

    private static FactView Known(params (string Field, string Value)[] changes)
    {
        var labels = new Dictionary<string, string>
        {
            ["namespace"] = "shop", ["workload"] = "db", ["workload_kind"] = "statefulset", ["revision"] = "db-5",
            ["rollout_at_fault"] = "true", ["previous_number"] = "4", ["previous_was_available"] = "true", ["one_by_one"] = "false",
            ["rollout_age_minutes"] = "12",
        };
        foreach (var (field, value) in changes)
            labels[field] = value;
        return new(1, TestPods.Now,
        [
            new("workload", labels, TestPods.Now), Pod("db-0", "db-4", "true"), Pod("db-1", "db-4", "false"), Pod("db-2", "db-5", "false"),
        ]);
    }

    private static Fact Pod(string name, string revision, string ready) => new(
        "pod", new Dictionary<string, string> { ["pod"] = name, ["revision"] = revision, ["ready"] = ready, ["terminating"] = "false" },
        TestPods.Now);
}
