namespace Remediator.Replicas.Tests.Harness;

/// <summary>How long something is away: longer than a replica may be silent, and than the lease; a nightly run makes it a minute.</summary>
internal static class Outage
{
    public static TimeSpan Length { get; } =
        TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("REMEDIATOR_TEST_NIGHTLY") is { Length: > 0 } ? 60 : 20);

    public static async Task LastsAsync(TimeSpan already = default)
    {
        if (Length > already)
            await Task.Delay(Length - already, TestContext.Current.CancellationToken);
    }
}
