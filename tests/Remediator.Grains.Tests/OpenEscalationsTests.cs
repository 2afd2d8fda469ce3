using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Grains.Work;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

/// <summary>People hear of an incident as long as it is open, whatever becomes of the store.</summary>
public sealed class OpenEscalationsTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly FakePeople _people = new();
    private readonly Away _away = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-open-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhileTheStoreIsAway_PeopleAreToldAgain_AndOnceItIsBack_ThatItIsOver()
    {
        await using var engine = await EscalatedAsync();
        var told = await Wait.ForAsync("a notification of the incident", () => Task.FromResult(_people.Told.FirstOrDefault()), Token);
        var (incident, lasts) = (told.IncidentId, told.EndsAt - told.StartsAt);

        _away.Is = true;
        var last = _people.Told.Max(n => n.EndsAt);
        await Wait.UntilAsync(
            "word after people's systems would have forgotten it", () =>
                _people.Told.Any(n => n.IncidentId == incident && n.EndsAt > last + lasts), Token,
            () => $"Told {_people.Told.Count} times, the last until {_people.Told.Max(n => n.EndsAt):HH:mm:ss.fff}; before "
                + $"the store went, until {last:HH:mm:ss.fff}.",
            TimeSpan.FromMinutes(1));

        _away.Is = false;
        _cluster.Repair("api");
        await engine.PostAsync("api", "f1", AlertStatus.Resolved);
        await engine.AwaitAsync<IncidentClosed>("api");
        await Wait.UntilAsync("nothing that is remembered", () => engine.Services.GetRequiredService<OpenEscalations>().Count == 0, Token);
    }

    /// <summary>As where its resource has moved to another replica, which has told people that it is over.</summary>
    [Fact]
    public async Task IncidentThatEndedElsewhere_IsForgotten_AndNobodyIsToldOfItAgain()
    {
        await using var engine = await EscalatedAsync();
        var told = await Wait.ForAsync("a notification of the incident", () => Task.FromResult(_people.Told.FirstOrDefault()), Token);
        var open = engine.Services.GetRequiredService<OpenEscalations>();
        var now = TimeProvider.System.GetUtcNow();
        open.Told(new(told with { IncidentId = "gone", EndsAt = now.AddSeconds(5) }, Closing: false) {
            Id = "gone/tell/open/1",
            IncidentId = "gone",
            Resource = FakeCluster.Key("web"),
            TraceId = "t" });

        Assert.Equal(2, open.Count);
        await Wait.UntilAsync(
            "one that is remembered", () => open.Count == 1, Token, () => $"There are {open.Count}.", TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(_people.Told, n => n.IncidentId == "gone");
    }

    [Fact]
    public async Task WayThatHangs_KeepsNobodyFromHearingByAnother_HoweverManyAreTold()
    {
        _cluster.Actions = [_people, new HangingWay()];
        await using var engine = await EngineHost.StartAsync(_cluster, _folder, store: _away.AddTo);
        _away.Is = true;
        var open = engine.Services.GetRequiredService<OpenEscalations>();
        var ids = Enumerable.Range(0, 300).Select(i => $"i{i}").ToList();
        foreach (var id in ids)
        {
            open.Told(new(Notification(id), Closing: false) {
                Id = $"{id}/tell/open/1",
                IncidentId = id,
                Resource = FakeCluster.Key($"w-{id}"),
                TraceId = "t" });
        }

        await Wait.UntilAsync(
            "word of each", () => ids.TrueForAll(id => _people.Told.Any(n => n.IncidentId == id)), Token,
            () => $"Told of {_people.Told.DistinctBy(n => n.IncidentId).Count()} of {ids.Count}.", TimeSpan.FromMinutes(1));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Notification Notification(string incident)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new()
        {
            IncidentId = incident, Resource = "deployment shop/api", Labels = new Dictionary<string, string>(), Problem = "restart-loop",
            Severity = "critical", Message = "m", Reason = "r", Tried = [], Evidence = "", StartsAt = now, EndsAt = now.AddSeconds(5),
        };
    }

    private sealed class HangingWay : INotifyAction
    {
        public ActionDescriptor Descriptor { get; } =
            new() { Name = "notify.hanging", Class = ActionClass.Read, Input = typeof(NoInput), Summary = "hangs" };

        public bool IsConfigured => true;

        public Task NotifyAsync(Notification notification, CancellationToken cancellationToken) =>
            Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private async Task<EngineHost> EscalatedAsync()
    {
        _cluster.Actions = [_people];
        _cluster.Definitions = _cluster.Definitions with { Playbooks = new Dictionary<string,
        Playbook> { ["restart-loop"] = FakeCluster.RestartLoop with { Ladder = [] } } };
        _cluster.Break("api");
        var engine = await EngineHost.StartAsync(_cluster, _folder, store: _away.AddTo);
        await engine.PostAsync("api", "f1");
        await engine.AwaitAsync<Escalated>("api");
        return engine;
    }
}
