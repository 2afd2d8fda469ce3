using Remediator.Core.Facts;
using Remediator.Facts.Projection;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Objects in, facts out.</summary>
public abstract class ProjectionTest
{
    private protected RevisionMemory Memory { get; } = new();

    private protected BookedRevisions Good { get; } = new();

    private protected FactView Project(ClusterObjects objects, double minutesLater = 0) =>
        new SeenCluster(Memory, good: Good).See(objects, A.Now.AddMinutes(minutesLater));

    private protected Fact Only(ClusterObjects objects, string kind) => Assert.Single(Project(objects).All, f => f.Name == kind);

    private protected static void Says(Fact fact, params (string Field, string Value)[] expected) =>
        Assert.Equal(expected, expected.Select(e => (e.Field, fact[e.Field])));
}
