using Remediator.Core.Facts;
using Remediator.Facts.Projection;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Of what a cluster shows: evidence comes from actions, and hosts are known to other providers.</summary>
public sealed class ShapeTests
{
    [Fact]
    public void PublishedFacts_HaveExactlyTheFieldsOfTheSchema()
    {
        var published = FactShapes.All.ToDictionary(s => s.Kind, s => string.Join(' ', s.Fields.Order()));
        var documented = FactSchema.Kinds.Where(k => k.Provider == FactSchema.Kubernetes)
            .ToDictionary(k => k.Name, k => string.Join(' ', k.Fields.Select(f => f.Name).Order()));
        Assert.Equal(documented.OrderBy(k => k.Key), published.OrderBy(k => k.Key));
    }

    [Fact]
    public void Fact_ReadsLikeADictionary()
    {
        var fact = FactShapes.Dependency.Make(A.Now, "shop", "api", "deployment", "deployment/shop/db", "true");
        Assert.Equal("true", fact["ready"]);
        Assert.Equal("", fact["nothing"]);
        Assert.Equal(["namespace", "workload", "workload_kind", "on", "ready"], fact.Labels.Keys);
        Assert.Equal(
            """dependency{namespace="shop",on="deployment/shop/db",ready="true",workload="api",workload_kind="deployment"}""",
            fact.ToString());
    }
}
