namespace Remediator.Core.Events;

/// <summary>
/// Every decision about a resource fails, so that it is left to people. Both events belong to the engine: the resource's own stream is what
/// cannot be written.
/// </summary>
/// <param name="Resource">Its key.</param>
/// <param name="Id">In place of an incident's, for those who are told.</param>
/// <param name="Since">When the failures began.</param>
/// <param name="Reason">How the newest decision failed.</param>
public sealed record ResourceStuck(string Resource, string Id, DateTimeOffset Since, string Reason) : Event;

/// <param name="Reason">Why it is no longer taken to be stuck.</param>
public sealed record ResourceWentOn(string Resource, string Reason) : Event;
