using Microsoft.Extensions.Time.Testing;
using Remediator.Grains.Inbox;

namespace Remediator.Grains.Tests;

public sealed class TurnsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Turns _turns;

    public TurnsTests() => _turns = new(2, TimeSpan.FromSeconds(1), _clock);

    [Fact]
    public async Task ThirdOfTwo_WaitsForAnEnd()
    {
        var first = await BeginAsync();
        await BeginAsync();
        var third = BeginAsync();
        Assert.False(third.IsCompleted);

        first.SetResult();

        await third.WaitAsync(Remediator.Testing.Wait.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WhatFails_IsAnEndToo()
    {
        var first = await BeginAsync();
        await BeginAsync();
        var third = BeginAsync();

        first.SetException(new InvalidOperationException());

        await third.WaitAsync(Remediator.Testing.Wait.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WhatTakesLong_KeepsNobodyWaiting()
    {
        await BeginAsync();
        await BeginAsync();
        var third = BeginAsync();

        _clock.Advance(TimeSpan.FromSeconds(1));

        await third.WaitAsync(Remediator.Testing.Wait.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WhoGivesUp_BeginsNothing_AndTakesNoTurn()
    {
        var first = await BeginAsync();
        await BeginAsync();
        using var giveUp = new CancellationTokenSource();
        var begun = false;
        var third = _turns.StartAsync(() => Task.FromResult(begun = true), giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => third);
        first.SetResult();
        await BeginAsync().WaitAsync(Remediator.Testing.Wait.Patience, TestContext.Current.CancellationToken);
        Assert.False(begun);
    }

    public void Dispose() => _turns.Dispose();

    /// <returns>What ends it.</returns>
    private async Task<TaskCompletionSource> BeginAsync()
    {
        var end = new TaskCompletionSource();
        await _turns.StartAsync(() => end.Task, TestContext.Current.CancellationToken);
        return end;
    }
}
