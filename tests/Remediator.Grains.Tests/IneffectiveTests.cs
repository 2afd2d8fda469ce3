using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Worlds;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

/// <summary>Repairs that do not last, through grains and store, and the person who lets them go on.</summary>
public sealed class IneffectiveTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-ineffective-").FullName;

    public IneffectiveTests()
    {
        var playbook = _cluster.Definitions.Playbooks["restart-loop"] with { Limits = new(10, TimeSpan.FromHours(24), TimeSpan.Zero) };
        _cluster.Definitions = _cluster.Definitions with { Playbooks = new Dictionary<string, Playbook> { [playbook.Name] = playbook } };
    }

    [Fact]
    public async Task FourthReturn_IsStopped_OverARestart_UntilAPersonAllowsIt()
    {
        string id;
        await using (var engine = await StartAsync())
        {
            for (var i = 1; i <= 3; i++)
            {
                await ReturnAsync(engine, i);
                await AwaitClosedAsync(engine, i);
            }

            await ReturnAsync(engine, 4);
            Assert.Equal(3, (await engine.AwaitAsync<RepairsStopped>("api")).Incidents.Count);
            Assert.Equal(3, _cluster.EffectsById.Count);
            id = (await engine.Journal.EventsAsync(FakeCluster.Key("api"), Token)).Last(e => e.Type == "incident-opened").IncidentId!;
        }

        await using (var engine = await StartAsync())
        {
            var commands = engine.Services.GetRequiredService<IOperatorCommands>();
            Assert.Equal(
                new CommandResult(false, "There is no incident nope."), await commands.AllowRepairAsync("nope", "ada", "", "t9", Token));
            Assert.Equal(
                new CommandResult(true, "restart-loop of deployment shop/api may be repaired again."),
                await commands.AllowRepairAsync(id, "ada", "the leak is fixed", "t9", Token));
            Assert.Equal("the leak is fixed", (await engine.AwaitAsync<RepairAllowed>("api")).Reason);
            Assert.False((await commands.AllowRepairAsync(id, "ada", "again", "t9", Token)).Done);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<EngineHost> StartAsync() =>
        EngineHost.StartAsync(_cluster, _folder, new EngineSettings { Mode = Mode.Auto, DurationScale = 0.02 });

    private async Task ReturnAsync(EngineHost engine, int time)
    {
        _cluster.Break("api");
        await engine.PostAsync("api", $"f{time}");
    }

    private static Task AwaitClosedAsync(EngineHost engine, int count) =>
        Wait.UntilAsync($"{count} closed incidents", async () =>
            (await engine.EventsAsync("api")).OfType<IncidentClosed>().Count() >= count, Token);
}
