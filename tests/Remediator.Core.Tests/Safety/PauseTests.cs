using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Pauses;
using Remediator.Core.Resources;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

public sealed class PauseTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly Bench _bench = new();

    [Theory]
    [InlineData("everything", true)]
    [InlineData("cluster test", true)]
    [InlineData("cluster prod", false)]
    [InlineData("namespace shop", true)]
    [InlineData("namespace shopping", false)]
    [InlineData("resource deployment/shop/api", true)]
    [InlineData("resource deployment/shop/web", false)]
    [InlineData("playbook restart-loop", true)]
    [InlineData("playbook oom", false)]
    [InlineData("galaxy of a newer version", true)]
    public void Pause_HoldsItsScope(string scope, bool held)
    {
        _bench.Pauses = new([new(scope, "moving house", "ada", Now, null)], 1, null);
        _bench.Fire();
        Assert.Equal(
            held ? [("paused", $"{scope} is paused by ada: moving house")] : [],
            _bench.Happenings<Held>().Select(h => (h.Guard, h.Reason)));
    }

    [Fact]
    public void Pause_EndsByItself()
    {
        _bench.Pauses = new([new("everything", "moving house", "ada", Now, Now.AddSeconds(30))], 1, null);
        _bench.Fire();
        Assert.Equal("everything is paused by ada until 2026-11-23 12:00:30Z: moving house", _bench.Only<Held>().Reason);
        Assert.Equal(Now.AddSeconds(30), _bench.Only<Held>().RetryAt);

        _bench.Wake(TimeSpan.FromSeconds(29));
        Assert.Empty(_bench.Happenings<RunStarted>());
        _bench.Wake(TimeSpan.FromSeconds(1));
        Assert.Single(_bench.Happenings<RunStarted>());
    }

    [Fact]
    public void Pause_ThatCannotBeRead_IsOn()
    {
        _bench.Pauses = new([], -1, "the store is away");
        _bench.Fire();
        _bench.Pauses = new([], -1, "the store closed connection b");
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Equal("it is unknown whether this is paused; now: the store is away", _bench.Only<Held>().Reason);
    }

    [Fact]
    public void Pause_StopsARunBeforeItsNextStep()
    {
        _bench.Fire();
        _bench.Pauses = new([new("namespace shop", "moving house", "ada", Now, null)], 1, null);
        _bench.Planned();
        Assert.Empty(_bench.Intents);
        Assert.Equal("paused", _bench.Only<Held>().Guard);
    }

    [Theory]
    [InlineData("everything", null)]
    [InlineData(" namespace  shop ", null)]
    [InlineData("resource node/n1", null)]
    [InlineData(
        "namespce shop",
        "'namespce' cannot be paused; did you mean 'namespace'?; write everything, cluster NAME, namespace NAME, resource "
            + "KIND/NAMESPACE/NAME or playbook NAME.")]
    [InlineData(
        null, "'' cannot be paused; write everything, cluster NAME, namespace NAME, resource KIND/NAMESPACE/NAME or playbook NAME.")]
    [InlineData("everything else", "'everything' has no name, and 'else' follows it.")]
    [InlineData("namespace", "Which namespace? Its name is missing.")]
    [InlineData(
        "resource api", "'api' is not a resource; write KIND/NAMESPACE/NAME, such as deployment/shop/api, or KIND/NAME, such as node/n1.")]
    [InlineData(
        "resource deployment//api",
        "'deployment//api' is not a resource; write KIND/NAMESPACE/NAME, such as deployment/shop/api, or KIND/NAME, such as node/n1.")]
    public void Scope_IsReadOrRefusedInWords(string? text, string? fault)
    {
        Assert.Equal(fault is null, PauseScope.TryParse(text, out var scope, out var said));
        Assert.Equal(fault, said);
        Assert.Equal(fault is null ? string.Join(' ', text!.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : null, scope?.ToString());
    }

    [Fact]
    public void Scope_OfANode_NeedsNoNamespace() =>
        Assert.True(new PauseScope("resource", "node/n1").Covers(new ResourceKey("test", "node", "", "n1"), ""));

    [Fact]
    public void Book_KeepsOnePauseForAScope_AndForgetsWhatIsOver()
    {
        var book = Say(PauseBook.Empty, b => b.Pause(PauseScope.Everything, "one", Now.AddHours(1), Now), Now);
        book = Say(book, b => b.Pause(PauseScope.Everything, "two", null, Now), Now);
        Assert.Equal(("two", "ada", (DateTimeOffset?)null), book.Pauses.Values.Select(p => (p.Reason, p.Author, p.Until)).Single());

        book = Say(book, b => b.Pause(new("namespace", "shop"), "three", Now.AddHours(2), Now), Now);
        Assert.Equal("Resumed: everything. Still paused: namespace shop.", book.Resume(PauseScope.Everything, "", Now).Result.Message);
        Assert.Equal("Resumed: everything.", book.Resume(PauseScope.Everything, "", Now.AddHours(2)).Result.Message);
        Assert.Empty(Say(book, b => b.Resume(PauseScope.Everything, "", Now.AddHours(2)), Now.AddHours(2)).Pauses);
    }

    [Fact]
    public void Book_RefusesInWords()
    {
        Assert.Equal(
            "2026-11-23 12:00:00Z is in the past; give a time in the future.",
            PauseBook.Empty.Pause(PauseScope.Everything, "x", Now, Now).Result.Message);
        Assert.Equal(
            "'everything' is not paused; paused are: nothing.", PauseBook.Empty.Resume(PauseScope.Everything, "x", Now).Result.Message);
    }

    private static PauseBook Say(PauseBook book, Func<PauseBook, (Event? Event, CommandResult Result)> decide, DateTimeOffset at) =>
        book.After(new(decide(book).Event!, null, at, "t", "ada"));
}
