namespace Remediator.Facts.Watching;

/// <summary>What one list-watch can prove: until when its objects are known to be complete.</summary>
internal sealed class WatchHealth(WatchedKind kind, TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _provenAt = DateTimeOffset.UnixEpoch;
    private bool _listed;
    private string _problem = "";
    private string _missing = "";

    public WatchedKind Kind => kind;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Everything up to now has been seen: a whole list, an event, a bookmark or an orderly end says so. A watch's mere
    /// beginning does not: a proxy that answers and then stalls would look fresh for ever.</summary>
    public void Proven()
    {
        lock (_gate)
        {
            _provenAt = time.GetUtcNow();
            _problem = "";
        }
    }

    /// <param name="asOf">When the list was asked for: its objects are those of its first page's time.</param>
    public void Listed(DateTimeOffset asOf)
    {
        lock (_gate)
        {
            _listed = true;
            _missing = "";
            _provenAt = asOf;
            _problem = "";
        }
    }

    public void Failed(string problem)
    {
        lock (_gate)
            _problem = problem;
    }

    /// <summary>The server lacks this kind or forbids it; only for kinds that the view can do without.</summary>
    /// <returns>True when this is news.</returns>
    public bool Missing(string reason)
    {
        lock (_gate)
        {
            var news = _missing != reason;
            _missing = reason;
            _problem = "";
            return news;
        }
    }

    public WatchStatus Status
    {
        get
        {
            lock (_gate)
                return new(kind.Plural, _listed || _missing.Length > 0, _missing.Length > 0 ? null : _provenAt, _problem, _missing);
        }
    }
}

/// <summary>The state of one watch, for people.</summary>
/// <param name="Loaded">Its first list is complete, or it is known to be missing.</param>
/// <param name="ProvenAt">Null for a missing kind, which cannot be stale.</param>
/// <param name="Missing">Why the server does not give this kind; empty when it does.</param>
public sealed record WatchStatus(string Kind, bool Loaded, DateTimeOffset? ProvenAt, string Problem, string Missing);
