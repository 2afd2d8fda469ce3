using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

/// <summary>A burst whose repair is wrong, through grains, store and a restart.</summary>
public sealed class SlowStartTests : IDisposable
{
    private const int Many = 200;

    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-slow-start-").FullName;
    private readonly List<string> _names = [.. Enumerable.Range(0, Many).Select(i => $"w{i}")];

    public SlowStartTests() => _cluster.Definitions = _cluster.Definitions with
    {
        // the durations of a policy are shortened too: it is not to be over before this test is
        Policy = new() { SlowStart = new() { RetryAfter = TimeSpan.FromDays(30) } },
    };

    [Fact]
    public async Task BurstThatARuleRepairsWrongly_StopsAfterTwo_OverARestart_AndAFaultElsewhereIsRepairedAtOnce()
    {
        // what is done to a workload of the shop leaves it as it was
        _cluster.AfterEffect = request =>
        {
            if (request.Resource.Namespace == "shop")
            {
                _cluster.Break(request.Resource.Name);
            }

            return Task.CompletedTask;
        };
        _names.ForEach(_cluster.Break);
        _cluster.Break("bank.teller");
        string told;
        await using (var engine = await StartAsync())
        {
            await Task.WhenAll(_names.Append("bank.teller").Select(name => engine.PostAsync(name, $"f-{name}")));

            Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>("bank.teller")).Reason);
            Assert.DoesNotContain(await engine.EventsAsync("bank.teller"), e => e is Held);
            told = await AwaitStoppedAsync(engine);
            await AwaitAllHeldAsync(engine);
        }

        Assert.Equal(2, Effects("shop"));
        await using (var engine = await StartAsync())
        {
            _cluster.Break("late");
            await engine.PostAsync("late", "f-late");
            await engine.AwaitAsync<Held>("late", h => h.Guard == SlowStart.Guard.Name);
            Assert.Equal(2, Effects("shop"));

            _cluster.AfterEffect = _ => Task.CompletedTask;
            var commands = engine.Services.GetRequiredService<IOperatorCommands>();
            Assert.Equal(
                new CommandResult(true, "Repairs go on in namespace shop, one at a time at first."),
                await commands.AllowRepairAsync(told, "ada", "the rule is mended", "t9", Token));

            await Wait.UntilAsync(
                "a repair of each that was not tried before",
                () => Task.FromResult(_names.Append("late").Count(_cluster.IsHealthy) == Many - 1),
                Token,
                () => Task.FromResult($"{_names.Count(_cluster.IsHealthy)} are."));
            await engine.AwaitAsync<IncidentClosed>(Storms.Namespace("test", "shop"));
        }

        Assert.All(_cluster.EffectsById.Values, n => Assert.Equal(1, n));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private int Effects(string space) => _cluster.EffectsById.Count - (space == "shop" && _cluster.IsHealthy("bank.teller") ? 1 : 0);

    /// <returns>The incident of the namespace: people are told of it once, with the two that failed.</returns>
    private static async Task<string> AwaitStoppedAsync(EngineHost engine)
    {
        var shop = Storms.Namespace("test", "shop");
        var told = await engine.AwaitAsync<Escalated>(shop);
        Assert.Equal("Repairs of namespace shop are stopped: the last 2 in a row did not help.", told.Message);
        Assert.Equal(2, told.Tried.Count);
        Assert.StartsWith($"{Many} alerts fire there: KubePodCrashLooping of w", told.Evidence, StringComparison.Ordinal);
        return Assert.Single(await engine.Journal.EventsAsync(shop, Token), e => e.Type == "incident-opened").IncidentId!;
    }

    private async Task AwaitAllHeldAsync(EngineHost engine)
    {
        foreach (var name in _names)
        {
            await Wait.UntilAsync(
                $"{name} to be stopped or with people",
                async () => (await engine.EventsAsync(name)) is var events && (events.Any(e => e is Escalated)
                    || events.OfType<Held>().Any(h => h.Reason.StartsWith("2 repairs in a row did not help", StringComparison.Ordinal))),
                Token);
        }
    }

    private Task<EngineHost> StartAsync() =>
        EngineHost.StartAsync(
            _cluster,
            _folder,
            new EngineSettings { Mode = Mode.Auto, DurationScale = 0.02, AtOncePerCluster = 50, AtOncePerNamespace = 50, Demotes = false });
}
