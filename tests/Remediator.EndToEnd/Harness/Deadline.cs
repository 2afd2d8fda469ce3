using System.Diagnostics;

namespace Remediator.EndToEnd.Harness;

/// <summary>Waits for something to become true; when it does not, says what was missing.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    /// <param name="look">Null where it is not there yet.</param>
    /// <param name="explain">What is there instead; asked once, when the time is up.</param>
    public static async Task<T> AwaitAsync<T>(string what, TimeSpan within, Func<Task<T?>> look, Func<Task<string>> explain)
        where T : class
    {
        using var timer = new PeriodicTimer(Every);
        var until = TimeProvider.System.GetTimestamp();
        Exception? last = null;
        while (TimeProvider.System.GetElapsedTime(until) < within)
        {
            try
            {
                if (await look() is { } found)
                    return found;

                last = null;
            }
            catch (Exception e) when (e is TaskCanceledException { InnerException: TimeoutException } or HttpRequestException or IOException or k8s.Autorest.HttpOperationException or Core.Journal.StoreUnavailableException)
            {
                last = e;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Fail($"After {within.TotalSeconds:0} s still missing: {what}.{(last is null ? "" : $"\nLast error: {last.Message}")}\n{await explain()}");
        throw new UnreachableException();
    }

    public static async Task AwaitAsync(string what, TimeSpan within, Func<Task<bool>> look, Func<Task<string>> explain) =>
        await AwaitAsync(what, within, async () => await look() ? "yes" : null, explain);
}
