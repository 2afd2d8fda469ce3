using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

/// <summary>The one process that may open an embedded store has every lease.</summary>
internal sealed class SoleLeases : ILeases
{
    public Task<bool> HoldAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task ReleaseAsync(string name, string owner, CancellationToken cancellationToken) => Task.CompletedTask;
}
