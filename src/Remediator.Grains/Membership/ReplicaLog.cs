using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Grains.Streams;

namespace Remediator.Grains.Membership;

/// <summary>Writes into the journal what becomes of replicas.</summary>
internal sealed class ReplicaLog(IJournal journal, ClusterName cluster, TimeProvider time)
{
    private readonly EventStream<ReplicaBook> _stream = new(journal, ReplicaBook.Key(cluster.Name), ReplicaBook.Stream, time);

    public Task<ReplicaBook> AppendAsync(MemberTable table, CancellationToken cancellationToken) =>
        _stream.AppendAsync(book => book.Next(table), cancellationToken, book => book.Without(table));

    /// <summary>The last word of a fenced replica.</summary>
    public Task FarewellAsync(ReplicaFenced told, CancellationToken cancellationToken) =>
        _stream.AppendAsync(_ => [told], cancellationToken, farewell: true);
}
