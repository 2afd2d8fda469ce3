using Remediator.Core.Journal;
using Remediator.Core.Pauses;
using Remediator.Core.Resources;
using Remediator.Grains.Views;

namespace Remediator.Grains.Tests;

/// <summary>
/// Somebody pauses everything at another replica at the worst moment: an intent is decided, and not yet committed. What this replica knows
/// of the pauses may be a moment old; the transaction of the intent is not.
/// </summary>
/// <param name="intent">The type of its event.</param>
internal sealed class PausedElsewhere(FakeCluster cluster, string folder, string intent)
{
    private int _isPaused;
    private PauseView _pauses = null!;

    public async Task<EngineHost> StartAsync()
    {
        var engine = await EngineHost.StartAsync(cluster, folder, store: services => Decorated.BeforeCommits(services, PauseAsync));
        _pauses = new(engine.Journal, new ClusterName("test"), TimeProvider.System);
        return engine;
    }

    public Task ResumeAsync() =>
        _pauses.ResumeAsync(PauseScope.Everything, "go on", "ada", "t", TestContext.Current.CancellationToken);

    private async Task PauseAsync(Commit commit)
    {
        if (commit.Events.Any(e => e.Type == intent) && Interlocked.Exchange(ref _isPaused, 1) == 0)
        {
            await _pauses.PauseAsync(PauseScope.Everything, "stop", "ada", null, "t", TestContext.Current.CancellationToken);
        }
    }
}
