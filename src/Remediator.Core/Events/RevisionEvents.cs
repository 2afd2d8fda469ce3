namespace Remediator.Core.Events;

/// <summary>
/// A revision has served as a whole for as long as it takes, without a crash. Both events of revisions belong to the engine: of most
/// workloads nothing else is ever written.
/// </summary>
/// <param name="Workload">Its key.</param>
/// <param name="Uid">Of the workload: one that was made anew under the same name has not run yet.</param>
/// <param name="Revision">The hash of a Deployment's template, or the name of a ControllerRevision.</param>
public sealed record RevisionRanWell(string Workload, string Uid, string Revision) : Event;

/// <summary>It is none to go back to any more, or has to begin anew to become one.</summary>
/// <param name="Reason">What speaks against it.</param>
public sealed record RevisionStruckOff(string Workload, string Uid, string Revision, string Reason) : Event;
