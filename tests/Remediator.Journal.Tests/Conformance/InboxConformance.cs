using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

public abstract class InboxConformance(PostgresDatabase? database) : StoreConformance(database)
{
    [Fact]
    public async Task Changed_ReturnsAtOnce_WhenThisProcessAdds_BeforeItIsAskedOrAfter()
    {
        // its clock stands still: nothing but an addition can end the wait
        var inbox = new StoreInbox(Store.Store, new FakeTimeProvider());
        await inbox.AddAsync([Entry("one")], Token);
        await inbox.ChangedAsync(Token).WaitAsync(Wait.Patience, Token);

        var next = inbox.ChangedAsync(Token);
        Assert.False(next.IsCompleted);
        await inbox.AddAsync([Entry("two")], Token);
        await next.WaitAsync(Wait.Patience, Token);
    }

    [Fact]
    public async Task ProbeAdded_ReturnsAtOnce_WhenThisProcessAddsAProbe()
    {
        var inbox = new StoreInbox(Store.Store, new FakeTimeProvider());
        var heard = inbox.ProbeAddedAsync(Token);
        await inbox.AddAsync([Entry("probe") with { Source = InboxEntry.Probe }], Token);
        await heard.WaitAsync(Wait.Patience, Token);
    }

    [Fact]
    public async Task Changed_ReturnsSoon_ThoughThisProcessAddsNothing()
    {
        var time = new FakeTimeProvider();
        var changed = new StoreInbox(Store.Store, time).ChangedAsync(Token);
        time.Advance(TimeSpan.FromSeconds(1));
        await changed.WaitAsync(Wait.Patience, Token);
    }

    [Fact]
    public async Task Alert_ComesBackAsItCame()
    {
        await Inbox.AddAsync([Entry(status: AlertStatus.Resolved)], Token);

        var row = Assert.Single(await Inbox.WaitingAsync(0, 10, Token));

        var sent = Alert(status: AlertStatus.Resolved);
        Assert.Equal(sent with { Labels = row.Alert.Labels, Annotations = row.Alert.Annotations }, row.Alert);
        Assert.Equal(sent.Labels, row.Alert.Labels);
        Assert.Equal(sent.Annotations, row.Alert.Annotations);
        Assert.Equal(sent.DedupeKey, row.Alert.DedupeKey);
        Assert.Equal(("alertmanager", "trace-1", Noon, 0), (row.Source, row.TraceId, row.ReceivedAt, row.Attempts));
    }

    [Fact]
    public async Task Add_OfWaitingOnes_CountsOnlyTheNew()
    {
        Assert.Equal(2, await Inbox.AddAsync([Entry("a"), Entry("b"), Entry("a")], Token));
        Assert.Equal(2, await Inbox.AddAsync([Entry("b"), Entry("c"), Entry("b", AlertStatus.Resolved)], Token));
        Assert.Equal(0, await Inbox.AddAsync([], Token));
        Assert.Equal(["a", "b", "c", "b"], (await Inbox.WaitingAsync(0, 10, Token)).Select(row => row.Alert.Fingerprint));
    }

    [Fact]
    public async Task SameAlert_OfAnotherSource_IsNoDuplicate_AndComesBackWithIts()
    {
        var entry = Entry("a");
        var eu = entry with { Alert = entry.Alert with { Source = "alertmanager/eu" } };
        var us = entry with { Alert = entry.Alert with { Source = "alertmanager/us" } };

        Assert.Equal(3, await Inbox.AddAsync([entry, eu, us, eu], Token));

        Assert.Equal(
            [null, "alertmanager/eu", "alertmanager/us"], (await Inbox.WaitingAsync(0, 10, Token)).Select(row => row.Alert.Source));
        Assert.Equal(
            3,
            (await Task.WhenAll(new[] { entry, eu, us }.Select(e => Inbox.FindAsync(e.Alert, Token))))
                .Distinct()
                .Count(id => id is not null));
    }

    [Fact]
    public async Task Waiting_GoesOnAfterAnId()
    {
        await Inbox.AddAsync([.. Enumerable.Range(0, 5).Select(i => Entry($"f{i}"))], Token);

        var first = await Inbox.WaitingAsync(0, 2, Token);
        var rest = await Inbox.WaitingAsync(first[^1].Id, 10, Token);

        Assert.Equal(["f0", "f1"], first.Select(row => row.Alert.Fingerprint));
        Assert.Equal(["f2", "f3", "f4"], rest.Select(row => row.Alert.Fingerprint));
    }

    [Fact]
    public async Task Consumed_IsGoneAndItsIdIsNeverUsedAgain()
    {
        await Inbox.AddAsync([Entry("a")], Token);
        var row = Assert.Single(await Inbox.WaitingAsync(0, 10, Token));
        await Journal.CommitAsync(Commit(Deployment(), 0, Event()) with { Consumed = [row.Id] }, Token);

        Assert.Empty(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Equal(1, await Inbox.AddAsync([Entry("a")], Token));
        Assert.True(Assert.Single(await Inbox.WaitingAsync(0, 10, Token)).Id > row.Id);
    }

    [Fact]
    public async Task Alert_IsFoundInItsRow_WhileItWaits()
    {
        var entry = Entry("b");
        await Inbox.AddAsync([Entry("a"), entry], Token);
        var row = (await Inbox.WaitingAsync(0, 10, Token))[1];

        Assert.Equal(row.Id, await Inbox.FindAsync(entry.Alert, Token));
        Assert.Null(await Inbox.FindAsync(entry.Alert with { Status = AlertStatus.Resolved }, Token));
        await Inbox.DeadLetterAsync(row.Id, "for the test", Token);
        Assert.Null(await Inbox.FindAsync(entry.Alert, Token));
    }

    [Fact]
    public async Task Attempts_AreCounted()
    {
        await Inbox.AddAsync([Entry()], Token);
        var id = Assert.Single(await Inbox.WaitingAsync(0, 10, Token)).Id;

        Assert.Equal(1, await Inbox.CountAttemptAsync(id, Token));
        Assert.Equal(2, await Inbox.CountAttemptAsync(id, Token));
        Assert.Equal(0, await Inbox.CountAttemptAsync(id + 1, Token));
        Assert.Equal(2, Assert.Single(await Inbox.WaitingAsync(0, 10, Token)).Attempts);
    }

    [Fact]
    public async Task DeadLetter_WaitsNoMore()
    {
        await Inbox.AddAsync([Entry("a"), Entry("b")], Token);
        var id = (await Inbox.WaitingAsync(0, 1, Token))[0].Id;

        await Inbox.DeadLetterAsync(id, "no rule could be read", Token);
        await Inbox.DeadLetterAsync(id, "again", Token);

        Assert.Equal("b", Assert.Single(await Inbox.WaitingAsync(0, 10, Token)).Alert.Fingerprint);
    }

    [Fact]
    public async Task Alert_WithZeroBytes_ComesBackAsItCame()
    {
        var entry =
            Entry("f\0") with { Alert = Alert("f\0") with { Name = "a\0b", Labels = new Dictionary<string, string> { ["x\0"] = "\0y" } } };

        Assert.Equal(1, await Inbox.AddAsync([entry], Token));
        Assert.Equal(0, await Inbox.AddAsync([entry], Token));

        var kept = Assert.Single(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Equal(("f\0", "a\0b", "\0y"), (kept.Alert.Fingerprint, kept.Alert.Name, kept.Alert.Labels["x\0"]));
        var firing = new ActiveAlert("f\0", Deployment(), "a\0b", kept.Alert.Labels, Noon, Noon);
        await Journal.CommitAsync(Commit(Deployment(), 0) with { Consumed = [kept.Id], AlertsNow = [firing] }, Token);
        await Journal.CommitAsync(Commit(Deployment(), 0) with { AlertsGone = ["f\0"] }, Token);
        Assert.Empty((await Journal.AlertChangesAsync(0, Token)).Firing);
    }

    [Fact]
    public async Task Rejected_WithZeroBytesAndHalfACharacter_IsKeptMarked()
    {
        await Inbox.RejectAsync([new RejectedEntry("alertmanager", "cut \0 off \ud83d", "it is \0", "trace-1", Noon)], Token);

        var letter = Assert.Single(Store.Audit.DeadLetters());
        Assert.Equal(("cut \u2400 off \ufffd", "it is \u2400"), (letter.Text, letter.Reason));
    }

    [Fact]
    public async Task Alerts_WaitInTheOrderOfArrival_EvenFromOneBody()
    {
        await Inbox.AddAsync([.. Enumerable.Range(0, 500).Select(i => Entry($"f{i}"))], Token);

        Assert.Equal(
            Enumerable.Range(0, 500).Select(i => $"f{i}"), (await Inbox.WaitingAsync(0, 1000, Token)).Select(row => row.Alert.Fingerprint));
    }

    [Fact]
    public async Task Adds_ThatRunAtOnce_KeepEachAlertOnce()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Inbox.AddAsync([Entry($"f{i % 20}"), Entry($"g{i}")], Token)));

        Assert.Equal(220, added.Sum());
        Assert.Equal(220, (await Inbox.WaitingAsync(0, 1000, Token)).Count);
    }

    [Fact]
    public async Task DeadLetter_GoesBackToTheInbox_Once()
    {
        await Inbox.AddAsync([Entry()], Token);
        var row = Assert.Single(await Inbox.WaitingAsync(0, 10, Token));
        await Inbox.CountAttemptAsync(row.Id, Token);
        await Inbox.DeadLetterAsync(row.Id, "a defect", Token);
        var letters = new StoreDeadLetters(Store.Store, TimeProvider.System);
        var letter = Assert.Single(Store.Audit.DeadLetters()).Id;

        Assert.Equal(RetryOutcome.Waits, await letters.RetryAsync(letter, Token));

        var again = Assert.Single(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Equivalent(row.Alert, again.Alert);
        Assert.Equal((row.Source, row.TraceId, 0), (again.Source, again.TraceId, again.Attempts));
        Assert.True(again.Id > row.Id);
        Assert.Empty(Store.Audit.DeadLetters());
        Assert.Equal(RetryOutcome.NotThere, await letters.RetryAsync(letter, Token));
    }

    [Fact]
    public async Task DeadLetter_WhoseAlertHasComeAgain_OnlyGoes()
    {
        await Inbox.AddAsync([Entry()], Token);
        await Inbox.DeadLetterAsync(Assert.Single(await Inbox.WaitingAsync(0, 10, Token)).Id, "a defect", Token);
        await Inbox.AddAsync([Entry()], Token);

        Assert.Equal(
            RetryOutcome.Waits,
            await new StoreDeadLetters(Store.Store, TimeProvider.System).RetryAsync(Assert.Single(Store.Audit.DeadLetters()).Id, Token));

        Assert.Single(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Empty(Store.Audit.DeadLetters());
    }

    [Fact]
    public async Task DeadLetter_ThatNeverWasAnAlert_Stays()
    {
        await Inbox.RejectAsync([new("alertmanager", "{}", "it has no 'labels'", "trace-1", Noon)], Token);

        Assert.Equal(
            RetryOutcome.NeverAnAlert,
            await new StoreDeadLetters(Store.Store, TimeProvider.System).RetryAsync(Assert.Single(Store.Audit.DeadLetters()).Id, Token));

        Assert.Single(Store.Audit.DeadLetters());
    }

    [Fact]
    public async Task FullInbox_RefusesMore_UntilThereIsRoom()
    {
        Store.Options.InboxLimit = 2;
        await Inbox.AddAsync([Entry("a"), Entry("b")], Token);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => Inbox.AddAsync([Entry("c")], Token));
        Assert.Equal("2 alerts are waiting already, which is the limit (Journal:InboxLimit). Try again.", refused.Message);

        await Inbox.DeadLetterAsync((await Inbox.WaitingAsync(0, 10, Token))[0].Id, "room", Token);
        Assert.Equal(1, await Inbox.AddAsync([Entry("c")], Token));
    }

    /// <summary>One transaction: whoever takes the alert and dies at once leaves no incident that waits for it for ever.</summary>
    [Fact]
    public async Task AlertThatMoves_LeavesARowForItsOldPlace_InTheCommitOfTheNew()
    {
        var (old, now) = (Deployment("old"), Deployment("new"));
        await Journal.CommitAsync(Commit(old, 0, Event()) with { AlertsNow = [Firing(old)] }, Token);
        Assert.Empty(await Inbox.WaitingAsync(0, 10, Token));

        await Journal.CommitAsync(Commit(now, 0, Event()) with { AlertsNow = [Firing(now)] }, Token);

        var row = Assert.Single(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Equal(
            (old, AlertStatus.Resolved, "f", "A", Noon),
            (row.MovedFrom, row.Alert.Status, row.Alert.Fingerprint, row.Alert.Name, row.Alert.StartsAt));
        Assert.Equal(now, Assert.Single((await Journal.AlertChangesAsync(0, Token)).Firing).Resource);
        Assert.True(await Inbox.WaitsAsync(row.Id, Token));

        await Inbox.DeadLetterAsync(row.Id, "a defect", Token);
        Assert.False(await Inbox.WaitsAsync(row.Id, Token));
        Assert.Equal(
            RetryOutcome.NeverAnAlert,
            await new StoreDeadLetters(Store.Store, TimeProvider.System).RetryAsync(Assert.Single(Store.Audit.DeadLetters()).Id, Token));

        static ActiveAlert Firing(Core.Resources.ResourceKey at) => new("f", at, "A", new Dictionary<string, string>(), Noon, Noon);
    }

    [Fact]
    public async Task Probe_FindsRoomInAFullInbox_AndIsReadBeforeAllThatWaits()
    {
        Store.Options.InboxLimit = 2;
        await Inbox.AddAsync([Entry("a"), Entry("b")], Token);

        Assert.Equal(1, await Inbox.AddAsync([Entry("probe") with { Source = InboxEntry.Probe }], Token));

        Assert.Equal("probe", Assert.Single(await Inbox.ProbesAsync(10, Token)).Alert.Fingerprint);
    }
}
