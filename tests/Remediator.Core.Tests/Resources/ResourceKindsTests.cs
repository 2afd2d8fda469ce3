using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Tests.Resources;

public sealed class ResourceKindsTests
{
    public static TheoryData<string> Names => [.. ResourceKinds.All.Select(k => k.Name)];

    [Fact]
    public void NoNameAndNoLabelMeansTwoKinds()
    {
        Assert.Empty(ResourceKinds.All.GroupBy(k => k.Name).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.Empty(ResourceKinds.All.Where(k => k.ApiKind.Length > 0)
            .GroupBy(k => k.ApiKind)
            .Where(g => g.Count() > 1)
            .Select(g => g.Key));
        Assert.Empty(ResourceKinds.All.SelectMany(k => k.Labels).GroupBy(l => l.Label).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    /// <summary>A row that names what is not in the table of facts would find nothing, and nobody would see why.</summary>
    [Theory, MemberData(nameof(Names))]
    public void WhatARowNames_IsInTheTableOfFacts(string name)
    {
        var kind = ResourceKinds.Find(name)!;
        if (kind.Fact.Length > 0)
        {
            Assert.True(FactSchema.TryGet(kind.Fact, out var shows), $"there is no kind of fact '{kind.Fact}'");
            Assert.All(kind.Own, own => Assert.True(shows.Has(own.Label), $"{shows.WithArticle} has no field '{own.Label}'"));
        }

        foreach (var relation in kind.SharedWith.Where(r => r.Fact.Length > 0))
        {
            Assert.True(FactSchema.TryGet(relation.Fact, out var tells), $"there is no kind of fact '{relation.Fact}'");
            relation.Key(label =>
                tells.Has(label) ? "x/y" : throw new Xunit.Sdk.XunitException($"{tells.WithArticle} has no field '{label}'"));
        }
    }

    /// <summary>A playbook without facts of its resource could never be acted on.</summary>
    [Theory, MemberData(nameof(Names))]
    public void ACountedKind_IsShownByAFact(string name)
    {
        var kind = ResourceKinds.Find(name)!;
        Assert.True(!kind.IsCounted || kind.Fact.Length > 0, $"nothing shows a {name}, so none can be counted");
        Assert.True(kind.Fact.Length == 0 || kind.Own.Count > 0, $"no label ties a {kind.Fact} to its {name}");
    }

    [Theory]
    [InlineData("StatefulSet", "apps/v1", "statefulset")]
    [InlineData("StatefulSet", "", "statefulset")]
    [InlineData("StatefulSet", "apps.kruise.io/v1beta1", "statefulset.apps.kruise.io")]
    [InlineData("DaemonSet", "apps.kruise.io/v1alpha1", "daemonset.apps.kruise.io")]
    [InlineData("Job", "batch/v1", "job")]
    [InlineData("Job", "batch.volcano.sh/v1alpha1", "job.batch.volcano.sh")]
    [InlineData("Cluster", "postgresql.cnpg.io/v1", "cluster.postgresql.cnpg.io")]
    [InlineData("Ingress", "networking.k8s.io/v1", "ingress")]
    [InlineData("CloneSet", "apps.kruise.io/v1alpha1", "cloneset")]
    [InlineData("ReplicationController", "v1", "replicationcontroller")]
    public void KindOfAnotherGroup_IsNotTakenForOneOfKubernetes(string kind, string apiVersion, string expected) =>
        Assert.Equal(expected, ResourceKinds.OfApi(kind, apiVersion));

    [Theory]
    [InlineData("rollout", "shop", true)]
    [InlineData("statefulset.apps.kruise.io", "shop", true)]
    [InlineData("deployment", "shop", false)]
    [InlineData("rollout", "", false)]
    public void WhatIsForOthers_IsForNoneOfKubernetes(string kind, string space, bool expected) =>
        Assert.Equal(expected, ResourceKinds.AreOf(["replicaset", ResourceKinds.Other], new("c", kind, space, "x")));

    [Fact]
    public void AWorkloadOfAKindThatIsNotInTheTable_HasTheFactsOfItsPods()
    {
        var view = new FactView(
            1, DateTimeOffset.UnixEpoch, [Fact.Parse("""pod{namespace="shop",workload="api",workload_kind="rollout",pod="api-1"}""")]);

        Assert.Single(view.Scope(new ResourceKey("c", "rollout", "shop", "api")).Named("pod"));
    }

    /// <summary>Operators have resources of their own of such names, and pods that belong to these.</summary>
    [Fact]
    public void AnOperatorsKindThatIsCalledAsOneOfTheTable_HasTheFactsOfItsPods()
    {
        var view = new FactView(
            1, DateTimeOffset.UnixEpoch, [Fact.Parse("""pod{namespace="shop",workload="main",workload_kind="database",pod="main-1"}""")]);

        Assert.Single(view.Scope(new ResourceKey("c", "database", "shop", "main")).Named("pod"));
    }

    [Theory]
    [InlineData("db-1:/var/lib", "db-1", "/var/lib")]
    [InlineData("n1:/", "n1", "/")]
    [InlineData("fe80::1:/data", "fe80::1", "/data")]
    public void AFileSystem_IsOfAMachine(string name, string host, string mountPoint)
    {
        var key = new ResourceKey("c", ResourceKinds.FileSystem, "", name);
        var kind = ResourceKinds.Of(key);

        Assert.Equal([host, mountPoint], kind.Own.Select(o => o.Value(key)));
        Assert.Equal(
            [$"node {host}", $"host {host}"],
            kind.SharedWith.Select(r => r.Key(label => kind.Own.Single(o => o.Label == label).Value(key)).Display));
    }
}
