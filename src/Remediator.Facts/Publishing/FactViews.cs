using Remediator.Core.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Watching;

namespace Remediator.Facts.Publishing;

/// <summary>The newest view, and what it is worth now.</summary>
internal sealed class FactViews(KubernetesConnection connection, ClusterStores stores) : IFactViews, IWatchStatuses
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = NewSignal();
    private FactView _view = FactView.Empty;
    private string _problem = "";
    private long _changes;
    private long _seen;

    public ViewStatus Current
    {
        get
        {
            var watches = stores.Watches;
            lock (_gate)
                return Describe(watches);
        }
    }

    public IReadOnlyList<WatchStatus> Watches => connection.Configuration is null ? [] : stores.Watches;

    public async Task<ViewStatus> NextAsync(long afterVersion, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_view.Version > afterVersion)
                    break;
                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken);
        }

        return Current;
    }

    /// <summary>Notes that the objects have changed since the view was made.</summary>
    public void Changed() => Interlocked.Increment(ref _changes);

    /// <summary>The number of changes so far; read it before the objects.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <param name="seen">The number of changes that the view has seen.</param>
    public void Publish(FactView view, long seen)
    {
        TaskCompletionSource waiting;
        lock (_gate)
        {
            _view = view;
            _seen = seen;
            _problem = "";
            waiting = _next;
            _next = NewSignal();
        }

        waiting.SetResult();
    }

    public void Fail(string problem)
    {
        lock (_gate)
            _problem = problem;
    }

    private ViewStatus Describe(IReadOnlyList<WatchStatus> watches)
    {
        if (connection.Configuration is null)
            return new(ViewState.NotConfigured, FactView.Empty, DateTimeOffset.UnixEpoch, connection.Reason);

        var problem = string.Join(
            "; ", watches.Where(w => w.Problem.Length > 0).Select(w => $"{w.Kind}: {w.Problem}").Append(_problem).Where(p => p.Length > 0));
        if (_view.Version == 0)
            return new(ViewState.Loading, _view, DateTimeOffset.UnixEpoch, problem.Length > 0 ? problem : Loading(watches));

        var proven = watches.Min(w => w.ProvenAt) ?? DateTimeOffset.UnixEpoch;
        var complete = _seen == Changes || proven < _view.At ? proven : _view.At;
        return new(ViewState.Ready, _view, complete, problem);
    }

    internal static string Loading(IReadOnlyList<WatchStatus> watches) => watches.Where(w => !w.Loaded).Select(w => w.Kind).ToList() switch
    {
        [] => "The first lists are complete, and the first view is being made of them.",
        var missing => $"The first lists are not complete: {string.Join(", ", missing)}.",
    };

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
