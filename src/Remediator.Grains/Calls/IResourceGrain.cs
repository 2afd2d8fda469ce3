namespace Remediator.Grains.Calls;

/// <summary>One resource. Everything that can change its shape travels as JSON, so that two versions can talk to each other.</summary>
[Alias("remediator.IResourceGrain")]
internal interface IResourceGrain : IGrainWithStringKey
{
    /// <param name="delivery">A <see cref="Delivery"/>.</param>
    [Alias("Ingest")]
    Task IngestAsync(string delivery);

    /// <returns>
    /// A <see cref="Woken"/> where nothing was written, so that the wake-up in the store is the old one; else null, as from a version that
    /// always wrote.
    /// </returns>
    [Alias("Wake")]
    Task<string?> WakeAsync();

    /// <summary>Asked of a cluster: alerts wait for it, and it cannot be seen.</summary>
    /// <param name="message">What people are told.</param>
    [Alias("Unseen")]
    Task UnseenAsync(string message);

    /// <param name="result">A <see cref="JobMessage"/>.</param>
    [Alias("JobDone")]
    Task JobDoneAsync(string result);

    /// <param name="approval">An <see cref="Approval"/>.</param>
    /// <returns>A <see cref="Core.Commands.CommandResult"/>.</returns>
    [Alias("Approve")]
    Task<string> ApproveAsync(string approval);

    /// <param name="approval">An <see cref="Approval"/>.</param>
    /// <returns>A <see cref="Core.Commands.CommandResult"/>.</returns>
    [Alias("AllowRepair")]
    Task<string> AllowRepairAsync(string approval);
}
