namespace Remediator.Grains.Membership;

/// <summary>
/// Whether this process may act on the world: until its shutdown has waited long enough, or at once no longer when it is fenced.
/// </summary>
internal sealed class ActGate : IDisposable
{
    private readonly CancellationTokenSource _over = new();

    public CancellationToken Over => _over.Token;

    public void End() => _over.Cancel();

    public void Dispose() => _over.Dispose();
}
