namespace Remediator.Actions.Hosts.VacuumJournal;

/// <summary>Nothing: how much of the journal stays is the policy's to say, for each host.</summary>
public sealed record VacuumJournalInput;
