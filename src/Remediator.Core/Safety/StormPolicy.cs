namespace Remediator.Core.Safety;

/// <summary>When so much is sick at once that the cause lies elsewhere, and repairing one after another would only do harm.</summary>
public sealed record StormPolicy;
