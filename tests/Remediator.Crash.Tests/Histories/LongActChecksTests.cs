using Remediator.Core.Events;
using Remediator.Testing.Machines;

namespace Remediator.Crash.Tests.Histories;

/// <summary>Doctored histories of acts that go on: each check is seen to complain.</summary>
public sealed class LongActChecksTests
{
    private static readonly string Action = Recorded.Action;

    [Fact]
    public void ActThatWasFollowedToItsEnd_HasNoFault() => Assert.Empty(Recorded.Long().Succeeded(20).Verified(30).Faults());

    [Fact]
    public void ActThatWasCancelled_HasNoFault() => Assert.Empty(Cancelled(21).Faults());

    [Fact]
    public void ActWithoutAnEnd_IsLost() =>
        Assert.Contains($"lost: {Action} had begun, and the journal has no end of it", Recorded.Long().Verified(30).Faults());

    [Fact]
    public void ActThatWasNotDone_AndIsSaidToBe_IsOnAGuess() => Assert.Equal(
        [$"blind: the journal says that {Action} was done, and it was not"],
        Recorded.Long(a => a with { DoneAt = null }).Succeeded(20).Verified(30).Faults());

    [Fact]
    public void ActThatIsSaidToBeDoneTooEarly_IsOnAGuess() => Assert.Equal(
        [$"blind: the journal says that {Action} was done, and it was not"], Recorded.Long().Succeeded(18).Verified(30).Faults());

    [Fact]
    public void HandleOfNothing_IsOnAGuess() => Assert.Equal(
        [$"blind: the journal says that {Action} goes on as act-9, and there is no such act"],
        Recorded.Long(handle: "act-9").Succeeded(20).Verified(30).Faults());

    [Fact]
    public void PushWithoutAnIntent_IsDoubled() => Assert.Equal(
        [$"doubled: {Action} was pushed at 12:00:13.000 without an intent, before it or long after its deadline"],
        Recorded.Long(a => a with { Pushes = [.. a.Pushes, At(13)] }).Succeeded(20).Verified(30).Faults());

    [Fact]
    public void CancellingWithoutAnIntent_IsDoubled() => Assert.Equal(
        [$"doubled: {Action} was cancelled at 12:00:17.000 without an intent, before it or long after its deadline"],
        Recorded.Long(a => a with { Cancels = [At(17)] }).Succeeded(20).Verified(30).Faults());

    [Fact]
    public void ActThatIsSaidToBeCancelled_AndGoesOn_IsOnAGuess() => Assert.Contains(
        $"blind: the journal says that {Action} was cancelled, and it goes on", Cancelled(null).Faults());

    [Fact]
    public void StepThatWasToBeTakenBack_AndNeverIs_IsLost() => Assert.Contains(
        "lost: step 0 of incident i1 was to be taken back, and that was never intended",
        Recorded.Long().Succeeded(20).Write(25, new VerificationFailed(0, "", Undo: true)).Escalated(26).Told().Faults());

    private static Asked At(int second) => new(Recorded.Start.AddSeconds(second), "test");

    private static Recorded Cancelled(int? really) => Recorded.Long(a => a with
    {
        DoneAt = null,
        Cancels = [At(21)],
        CancelledAt = really is { } second ? Recorded.Start.AddSeconds(second) : null,
    })
        .Write(20, new CancelIntended(Action, "its time is over", Recorded.Start.AddSeconds(25)))
        .Write(22, new ActionCancelled(Action, "", []))
        .Escalated(23).Told();
}
