using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

/// <summary>A storm through grains, store and restarts.</summary>
public sealed class StormTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-storm-").FullName;

    public StormTests() => _cluster.Definitions =
        _cluster.Definitions with { Policy = new() { Storm = new() { ToldAfter = TimeSpan.Zero, Cooldown = TimeSpan.FromSeconds(60) } } };

    [Fact]
    public async Task ManySickWorkloadsInAStorm_AreOneIncidentOfTheZone_OverARestart_AndAreRepairedAfterIt()
    {
        var names = Enumerable.Range(0, 20).Select(i => $"w{i}").ToList();
        names.ForEach(_cluster.Break);
        _cluster.Beside = [.. Nodes(2, 4), .. names.Select(Pod)];
        await using (var engine = await StartAsync())
        {
            foreach (var name in names)
            {
                await engine.PostAsync(name, $"f-{name}");
            }

            foreach (var name in names)
            {
                Assert.Equal("storm", (await engine.AwaitAsync<Held>(name)).Guard);
            }

            await AwaitRowsAsync(engine, IncidentStatus.Storm.Word());
        }

        _cluster.Beside = [.. Nodes(6, 0), .. names.Select(Pod)];
        await using (var engine = await StartAsync())
        {
            await AwaitRowsAsync(engine, IncidentStatus.CoolingDown.Word());
            Assert.Empty(_cluster.EffectsById);
            foreach (var name in names)
            {
                Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>(name)).Reason);
            }

            var storm = (await engine.Journal.EventsAsync(Storms.Zone("test", "a"), Token)).Select(e => Happened.Read(e).Event).ToList();
            Assert.Single(storm.OfType<IncidentOpened>());
            Assert.Single(storm.OfType<Escalated>());
            Assert.Equal([StormPhase.Raging, StormPhase.CoolingDown, StormPhase.Over], storm.OfType<StormChanged>().Select(s => s.Phase));
        }

        Assert.All(_cluster.EffectsById.Values, n => Assert.Equal(1, n));
        Assert.Equal(20, _cluster.EffectsById.Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<EngineHost> StartAsync() =>
        EngineHost.StartAsync(
            _cluster,
            _folder,
            new EngineSettings { Mode = Mode.Auto, DurationScale = 0.02, AtOncePerCluster = 50, AtOncePerNamespace = 50 });

    private static Task AwaitRowsAsync(EngineHost engine, string status)
    {
        var index = engine.Services.GetRequiredService<IIncidentIndex>();
        return Wait.UntilAsync(
            $"a storm '{status}' alone",
            async () => await index.OpenAsync(["zone", "cluster"], Token) is [{ Problem: Storms.Problem } row] && row.Status == status,
            Token,
            async () => $"There are: {string.Join(", ", await index.OpenAsync(["zone", "cluster"], Token))}");
    }

    /// <summary>Of zone a; zone b is well.</summary>
    private static IEnumerable<Fact> Nodes(int ready, int sick) =>
        Enumerable.Range(0, ready + sick)
            .Select(i => Node("a", i, i < ready))
            .Concat(Enumerable.Range(0, 9).Select(i => Node("b", i, true)));

    private static Fact Node(string zone, int number, bool ready) =>
        new(
            "node",
            new Dictionary<string, string> { ["node"] = $"{zone}{number}", ["zone"] = zone, ["ready"] = ready ? "true" : "false" },
            DateTimeOffset.UnixEpoch);

    private static Fact Pod(string workload) => new(
        "pod",
        new Dictionary<string, string> {
            ["namespace"] = "shop",
            ["workload"] = workload,
            ["workload_kind"] = "deployment",
            ["pod"] = $"{workload}-1",
            ["node"] = "a1",
            ["zone"] = "a" },
        DateTimeOffset.UnixEpoch);
}
