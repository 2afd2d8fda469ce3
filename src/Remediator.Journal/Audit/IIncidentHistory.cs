using Remediator.Core.Journal;

namespace Remediator.Journal.Audit;

/// <summary>Incidents, open and closed, as the server shows them: read beside its work, with its own connections.</summary>
public interface IIncidentHistory
{
    /// <summary>Newest first.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    Task<IReadOnlyList<IncidentRow>> ListAsync(IncidentFilter filter, CancellationToken cancellationToken);

    /// <summary>An incident and its events in order, by its id or a beginning of it that only it has.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    Task<IncidentLookup> FindAsync(string id, CancellationToken cancellationToken);
}
