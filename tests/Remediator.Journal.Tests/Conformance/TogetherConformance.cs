using Remediator.Core.Journal;
using Remediator.Core.Resources;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

/// <summary>
/// Many ask at once, through several writers, for nodes and for workloads that sit on them. Whatever the order turns out to be: no budget
/// is exceeded, and a node and what is on it are never worked on together. The test keeps its own book: in it from after the answer until
/// before the release, so that whatever the book has at once was held at once.
/// </summary>
public abstract class TogetherConformance(PostgresDatabase? database) : StoreConformance(database)
{
    private const int Nodes = 4;
    private const int Workloads = 8;
    private const int Turns = 25;
    private const int AtOnce = 3;
    private const int PerHour = 60;

    private readonly Dictionary<ResourceKey, ResourceKey[]> _inFlight = [];
    private readonly Lock _lock = new();
    private int _begun;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(42)]
    public async Task Requests_InAnyInterleaving_KeepBudgetsAndClaims(int seed)
    {
        using var second = Database is null ? null : new TestStore(database: Database);
        IJournal[] journals = second is null ? [Journal] : [Journal, second.Journal];
        var on = Sits(new Random(seed));

        await Task.WhenAll(Enumerable.Range(0, Nodes + Workloads)
            .Select(i => WorkAsync(i, journals[i % journals.Length], on, new Random((seed * 100) + i))));

        var held = await Journal.HeldAsync(Token);
        Assert.Empty(held.Permits);
        Assert.Empty(held.Claims);
        Assert.Equal(_begun, held.Starts.Count);
        Assert.InRange(_begun, 20, PerHour);
    }

    /// <summary>For each workload, its nodes.</summary>
    private static ResourceKey[][] Sits(Random random) =>
        [.. Enumerable.Range(0, Workloads).Select(_ => Enumerable.Range(0, Nodes).Where(_ => random.Next(3) == 0).Select(Node).ToArray())];

    private static ResourceKey Node(int i) => new("prod", "node", "", $"n{i}");

    private async Task WorkAsync(int me, IJournal journal, ResourceKey[][] on, Random random)
    {
        var resource = me < Nodes ? Node(me) : Deployment($"w{me - Nodes}");
        ResourceKey[] related = me < Nodes
            ? [.. Enumerable.Range(0, Workloads).Where(w => on[w].Contains(resource)).Select(w => Deployment($"w{w}"))]
            : on[me - Nodes];
        long version = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            var incident = $"incident-{me}-{turn}";
            var limit = new BudgetLimit("all", AtOnce) { Rate = new(PerHour, TimeSpan.FromHours(1)) };
            var asked = Commit(resource, version, Event()) with { Acquire = new(incident, [limit], [resource]) { Shared = related } };
            if (await journal.CommitAsync(asked, Token) is not CommitResult.Committed begun)
            {
                await Task.Yield();
                continue;
            }

            Enter(resource, related);
            for (var i = random.Next(4); i > 0; i--)
                await Task.Yield();
            Leave(resource);
            version = Assert.IsType<CommitResult.Committed>(
                await journal.CommitAsync(Commit(resource, begun.Version, Event()) with { Release = [incident] }, Token)).Version;
        }
    }

    private void Enter(ResourceKey resource, ResourceKey[] related)
    {
        lock (_lock)
        {
            foreach (var (other, others) in _inFlight)
                Assert.False(related.Contains(other) || others.Contains(resource), $"{resource} and {other} are worked on together");
            _inFlight.Add(resource, related);
            Assert.True(_inFlight.Count <= AtOnce, $"{_inFlight.Count} of {AtOnce} are in flight");
            Assert.True(++_begun <= PerHour, $"{_begun} were begun");
        }
    }

    private void Leave(ResourceKey resource)
    {
        lock (_lock)
            _inFlight.Remove(resource);
    }
}
