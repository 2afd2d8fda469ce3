using Microsoft.Extensions.Time.Testing;
using Remediator.Server.Health;

namespace Remediator.Server.Tests.Health;

public sealed class SharedTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource<int> _first = new();
    private int _made;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AllWhoAskAtOnce_GetOneResult_AndWhoGivesUpEndsItForNobodyElse()
    {
        var shared = new Shared<int>(MakeAsync, _time);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var gaveUp = shared.GetAsync(impatient.Token);
        var callers = Enumerable.Range(0, 1000).Select(_ => shared.GetAsync(Token)).ToList();
        await impatient.CancelAsync();
        _first.SetResult(7);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gaveUp);
        Assert.All(await Task.WhenAll(callers), made => Assert.Equal(7, made));
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task Result_IsToldForASecond_AndThenMadeAnew()
    {
        var shared = new Shared<int>(MakeAsync, _time);
        _first.SetResult(7);

        Assert.Equal(7, await shared.GetAsync(Token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(7, await shared.GetAsync(Token));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, await shared.GetAsync(Token));
    }

    [Fact]
    public async Task Failure_IsOfAllWhoAsked_AndNotForEver()
    {
        var shared = new Shared<int>(MakeAsync, _time);
        _first.SetException(new InvalidOperationException("no store"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => shared.GetAsync(Token));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, await shared.GetAsync(Token));
    }

    private async Task<int> MakeAsync(CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _made) is > 1 and var made ? made : await _first.Task;
}
