using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Events;
using Remediator.Replicas.Tests.Harness;
using Remediator.Testing.Machines;

namespace Remediator.Replicas.Tests;

/// <summary>
/// An act that takes ten minutes, begun by a replica that dies by SIGKILL after three. The minutes are those of the place where it goes on,
/// whose clock the tests set; to the replicas one second of a playbook is 20 ms.
/// </summary>
[Trait("Needs", "Postgres")]
public sealed class LongActTests : IAsyncLifetime
{
    private const string Replace = "use: testing.replace";
    private const string Space = "shop";

    private readonly FakeTimeProvider _clock = new();
    private MachineRoom _room = null!;
    private ReplicaSet _set = null!;

    public async ValueTask InitializeAsync()
    {
        _room = await MachineRoom.StartAsync(_clock, TimeSpan.FromMinutes(10));
        _set = await ReplicaSet.StartAsync(Replace, _room, "a", "b", "c");
        _room.Done = act => _set.Cluster.Heal(act.Space);
        _set.AddSick(Space);
    }

    [Fact]
    public async Task BegunByOneThatDies_IsEndedByAnother_AndTheJournalTellsIt()
    {
        var (act, other) = await BeginAndKillAsync();

        _clock.Advance(TimeSpan.FromMinutes(3));
        await AwaitAsync<ActionProgressed>("action-progressed", e => e.Seen == "the new machine is InService");
        Assert.Null(Assert.Single(_room.Acts).DoneAt);
        // whoever sees to the act may be faster than whoever writes down that the replica is lost
        var lost = await _set.AwaitToldAsync("replica-lost");
        _clock.Advance(TimeSpan.FromMinutes(4));
        await _set.AwaitRepairedAsync(Space);

        AssertOnce(act);
        Assert.Empty(Assert.Single(_room.Acts).Pushes);
        Assert.Equal(
            ["action-intended", "action-began", "action-progressed", "action-progressed", "action-succeeded", "verification-passed"],
            await StoryAsync());
        Assert.Equal(act.Handle, (await OnlyAsync<ActionBegan>("action-began")).Handle);
        Assert.Equal("the new machine has taken over", (await OnlyAsync<ActionSucceeded>("action-succeeded")).Message);
        Assert.Contains("\"Verified\"", (await EntryAsync("incident-closed")).Payload, StringComparison.Ordinal);
        Assert.True((await EntryAsync("action-began")).Sequence < lost.Sequence, "the replica was lost before it had begun the act");
        Assert.True(lost.Sequence < (await EntryAsync("action-succeeded")).Sequence, "the act had ended before the replica was lost");
        await AssertJournalIsSoundAsync(other);
    }

    [Fact]
    public async Task ThatHaltsAfterItsReplicaDied_IsPushedByAnother_UnderItsId()
    {
        _room.CourseOf = _ => Course.Halting;
        var (act, other) = await BeginAndKillAsync();

        _clock.Advance(TimeSpan.FromMinutes(3));
        await AwaitBetweenLooksAsync("push", a => a.Pushes.Count > 0);
        await AwaitAsync<ActionProgressed>("action-progressed", e => e.Seen == "the new machine is InService");
        _clock.Advance(TimeSpan.FromMinutes(5));
        await _set.AwaitRepairedAsync(Space);

        AssertOnce(act);
        Assert.NotEqual(act.Begun.By, Assert.Single(Assert.Single(_room.Acts).Pushes).By);
        var push = await OnlyAsync<PushIntended>("push-intended");
        Assert.Equal((act.ActionId, 2), (push.ActionId, push.Attempt));
        await AssertJournalIsSoundAsync(other);
    }

    [Fact]
    public async Task ThatPeopleStopAfterItsReplicaDied_IsCancelledByAnother_Once()
    {
        var (act, other) = await BeginAndKillAsync();

        using var paused = await other.Process.Operator.PostAsJsonAsync(
            "/api/v1/pauses", new { scope = "everything", reason = "a big sale" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        await AwaitBetweenLooksAsync("cancellation", a => a.Cancels.Count > 0);
        await AwaitAsync<RunEnded>("run-ended", _ => true);

        AssertOnce(act);
        Assert.NotEqual(act.Begun.By, Assert.Single(Assert.Single(_room.Acts).Cancels).By);
        Assert.StartsWith("paused: ", (await OnlyAsync<CancelIntended>("cancel-intended")).Reason, StringComparison.Ordinal);
        Assert.Equal("it was ended before it was done", (await OnlyAsync<ActionCancelled>("action-cancelled")).Message);
        Assert.Equal(RunOutcome.Stopped, (await OnlyAsync<RunEnded>("run-ended")).Outcome);
        await AssertJournalIsSoundAsync(other);
    }

    public async ValueTask DisposeAsync()
    {
        await _set.DisposeAsync();
        await _room.DisposeAsync();
    }

    /// <returns>The act as it was begun, and a replica that has looked at it since.</returns>
    private async Task<(LongAct Act, Replica Other)> BeginAndKillAsync()
    {
        await _set.PostAsync(Space);
        await AwaitAsync<ActionProgressed>("action-progressed", e => e.Seen == "the new machine is Pending");
        var act = Assert.Single(_room.Acts);
        _clock.Advance(TimeSpan.FromMinutes(3));

        await _set.Named(act.Begun.By).Process.KillAsync(TestContext.Current.CancellationToken);

        _room.Lookers.Clear();
        await _set.AwaitAsync("another replica that looks at the act", () => _room.Lookers.Any(by => by != act.Begun.By));
        var other = _set.Named(_room.Lookers.First(by => by != act.Begun.By));
        ReplicaSet.Say($"{act.Begun.By} had begun the act and was killed; {other.Name} looked at it");
        return (act, other);
    }

    /// <summary>
    /// Whoever looks at the act decides between its looks what to do about it. Three hundred of them, a minute at least, without this say
    /// that it does not come, sooner than the patience of all waits.
    /// </summary>
    private async Task AwaitBetweenLooksAsync(string what, Func<LongAct, bool> isThere)
    {
        const int looks = 300;
        var last = _room.Lookers.Count + looks;
        await _set.AwaitAsync($"{what} or {looks} looks", () => isThere(_room.Acts[0]) || _room.Lookers.Count >= last);
        var story = ReplicaSet.Outline(await _set.OfAsync(Space));
        Assert.True(isThere(_room.Acts[0]), $"the act was looked at {looks} times, and there was no {what}:\n{story}");
    }

    private void AssertOnce(LongAct act)
    {
        Assert.Equal(act.Handle, Assert.Single(_room.Acts).Handle);
        Assert.Empty(_set.Cluster.Effects);
    }

    private async Task AssertJournalIsSoundAsync(Replica by)
    {
        var (code, said) = await _set.VerifyAsync(by);
        Assert.True(code == 0, said);
    }

    /// <summary>What the journal says of the act, in order.</summary>
    private async Task<IEnumerable<string>> StoryAsync() => (await _set.OfAsync(Space)).Select(e => e.Type).Where(
        t => t.StartsWith("action-", StringComparison.Ordinal) || t.StartsWith("verification-", StringComparison.Ordinal)
            || t is "push-intended" or "cancel-intended" or "stop-deferred");

    private async Task<Entry> EntryAsync(string type) => Assert.Single(await _set.OfAsync(Space), e => e.Type == type);

    private async Task<T> OnlyAsync<T>(string type)
        where T : Event => (T)EventCodec.Read(type, EventCodec.Schema, (await EntryAsync(type)).Payload);

    private Task AwaitAsync<T>(string type, Func<T, bool> which)
        where T : Event => _set.AwaitAsync(
            $"{type} in the journal",
            async () => (await _set.OfAsync(Space)).Any(
                e => e.Type == type && which((T)EventCodec.Read(type, EventCodec.Schema, e.Payload))),
            async () => ReplicaSet.Outline(await _set.OfAsync(Space)));
}
