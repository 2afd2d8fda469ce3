namespace Remediator.Core.Journal;

/// <summary>This process as one of the replicas that share a store.</summary>
public interface IReplica
{
    /// <summary>Address and generation of its silo: another one after every start.</summary>
    string Id { get; }

    /// <summary>Why it does not share the work now; empty when it does.</summary>
    string Problem { get; }

    /// <summary>
    /// Ends with the reason when the others have declared this replica dead. It has stopped acting by then; its process must end.
    /// </summary>
    Task<string> Fenced { get; }

    /// <summary>It was declared dead, and its process ends.</summary>
    bool IsFenced => Fenced.IsCompleted;
}

/// <summary>Whether this process does what one replica does for all: pumps, checkpoints, reconciling.</summary>
public interface ILeader
{
    bool Leads { get; }
}
