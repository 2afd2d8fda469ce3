using Remediator.Core.Events;


namespace Remediator.Server.Tests.Pages;

/// <summary>While a repair with a good record goes on, nobody is paged; when it fails, people are, and when the engine dies too.</summary>
[Trait("Needs", "Alertmanager")]
public sealed class HeldPagesTests
{
    [Fact]
    public async Task Page_IsHeldWhileARepairGoesOn_AndRingsWhenItFails()
    {
        await using var people = await PagedPeople.StartAsync();
        await people.EarnAsync();
        Assert.Equal(
            "the record of playbook crash has 0 verified runs in a row, and the policy asks for 1",
            (await people.EventAsync<PageNotHeld>(PagedPeople.Curable)).Reason);
        var labels = people.Labels(PagedPeople.Incurable);
        await people.FireAsync(PagedPeople.Incurable);

        var silence = await people.SilenceAsync("a silence of the alert", s => s.State == "active");

        var intent = await people.EventAsync<ActionIntended>(PagedPeople.Incurable);
        var held = await people.EventAsync<PageHeld>(PagedPeople.Incurable);
        var incident = (await people.IncidentAsync(PagedPeople.Incurable))!.Value;
        Assert.Equal(("remediator", held.Silence, Millis(held.Until)), (silence.CreatedBy, silence.Id, Millis(silence.EndsAt)));
        Assert.InRange(held.Until, intent.NotAfter, intent.NotAfter + TimeSpan.FromSeconds(20.3));
        Assert.Equal(labels.OrderBy(l => l.Key), silence.Matches.OrderBy(l => l.Key));
        Assert.StartsWith(
            $"Remediator holds this page until {held.Until:u}. Incident {incident.GetProperty("id").GetString()}, deployment "
                + $"incurable/incurable: evict pod ",
            silence.Comment,
            StringComparison.Ordinal);
        Assert.EndsWith($" {PagedPeople.Link}{incident.GetProperty("id").GetString()}", silence.Comment, StringComparison.Ordinal);
        Assert.EndsWith($"; its page is held until {held.Until:u}", incident.GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.Equal("suppressed", await people.Alertmanager.StateAsync("namespace", PagedPeople.Incurable));

        var ended = await people.SilenceAsync("the end of the silence", s => s.State == "expired");
        Assert.Equal(silence.Id, ended.Id);
        Assert.True(ended.EndsAt < held.Until.AddSeconds(-1), $"it ended by itself at {ended.EndsAt:O}");
        Assert.StartsWith(
            "the step did not help: ", (await people.EventAsync<PageReleased>(PagedPeople.Incurable)).Why, StringComparison.Ordinal);
        AssertAfter(ended.EndsAt, await people.PagedAsync(PagedPeople.Incurable));
    }

    [Fact]
    public async Task Page_RingsByItself_WhenTheEngineIsKilled()
    {
        await using var people = await PagedPeople.StartAsync(atMost: "15m");
        await people.EarnAsync();
        await people.FireAsync(PagedPeople.Incurable);
        var silence = await people.SilenceAsync("a silence of the alert", s => s.State == "active");

        await people.Server.KillAsync(TestContext.Current.CancellationToken);

        var ended = await people.SilenceAsync("the end of the silence", s => s.State == "expired");
        Assert.Equal((silence.Id, Millis(silence.EndsAt)), (ended.Id, Millis(ended.EndsAt)));
        AssertAfter(ended.EndsAt, await people.PagedAsync(PagedPeople.Incurable));
    }

    [Fact]
    public async Task Silence_ThatTheJournalDoesNotKnow_IsFoundAgain_AndNotMadeTwice()
    {
        // the hold has to outlast the start of another process, on a busy machine too
        await using var people = await PagedPeople.StartAsync("after-page-is-held", atMost: "2h", within: "3000s");
        await people.EarnAsync();
        await people.FireAsync(PagedPeople.Incurable);
        await people.Server.WaitForExitAsync(TestContext.Current.CancellationToken);
        var silence = Assert.Single(await people.Alertmanager.SilencesAsync());
        Assert.Equal("active", silence.State);

        await people.StartServerAsync();

        Assert.Equal(silence.Id, (await people.EventAsync<PageHeld>(PagedPeople.Incurable)).Silence);
        await people.EventAsync<PageReleased>(PagedPeople.Incurable);
        Assert.Equal(silence.Id, Assert.Single(await people.Alertmanager.SilencesAsync()).Id);
    }

    private static void AssertAfter(DateTimeOffset silence, DateTimeOffset page) =>
        Assert.True(page >= silence, $"people were paged at {page:O}, before the silence ended at {silence:O}");

    private static long Millis(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
