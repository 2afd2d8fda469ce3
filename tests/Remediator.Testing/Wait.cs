using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using k8s.Autorest;
using Npgsql;
using Remediator.Core.Journal;

namespace Remediator.Testing;

/// <summary>
/// Waits for what another thread, process or machine does; when it does not come, says what was missing and what was there instead.
/// </summary>
public static class Wait
{
    /// <summary>
    /// How long nobody doubts that it will come yet: a machine that builds beside the tests is ten times slower than a quiet one.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <param name="what">A noun with what is asked of it: "a second leader", "an empty inbox".</param>
    /// <param name="look">Null where it is not there yet. That somebody cannot be reached means the same.</param>
    /// <param name="seen">What is there instead; asked once, when the time is up.</param>
    /// <param name="within">Null for <see cref="Patience"/>.</param>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public static async Task<T> ForAsync<T>(
        string what, Func<Task<T?>> look, CancellationToken cancellationToken, Func<Task<string>>? seen = null, TimeSpan? within = null)
    {
        var patience = within ?? Patience;
        var pause = First;
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            Exception? fault = null;
            try
            {
                if (await look() is { } found)
                    return found;
            }
            catch (Exception e) when (MayPass(e) && !cancellationToken.IsCancellationRequested)
            {
                fault = e;
            }

            if (Stopwatch.GetElapsedTime(began) > patience)
                throw new TimeoutException(
                    $"After {patience.TotalSeconds:0} s still missing: "
                        + $"{what}.{(fault is null ? "" : $" Last error: {fault.Message}")}"
                        + $"{(seen is null ? "" : $"\n{await seen()}")}");

            await Task.Delay(pause, cancellationToken);
            pause = pause * 2 < Longest ? pause * 2 : Longest;
        }
    }

    /// <inheritdoc cref="ForAsync"/>
    public static Task UntilAsync(
        string what,
        Func<Task<bool>> isSo,
        CancellationToken cancellationToken,
        Func<Task<string>>? seen = null,
        TimeSpan? within = null) =>
        ForAsync(what, async () => await isSo() ? "yes" : null, cancellationToken, seen, within);

    /// <inheritdoc cref="ForAsync"/>
    public static Task UntilAsync(
        string what, Func<bool> isSo, CancellationToken cancellationToken, Func<string>? seen = null, TimeSpan? within = null) =>
        UntilAsync(what, () => Task.FromResult(isSo()), cancellationToken, seen is null ? null : () => Task.FromResult(seen()), within);

    /// <summary>What is not there yet, or was cut off, may answer the next time.</summary>
    private static bool MayPass(Exception e) =>
        e is NotThereYetException
            or HttpRequestException
            or WebSocketException
            or NpgsqlException { IsTransient: true }
            or IOException
            or HttpOperationException
            or StoreUnavailableException
            or JsonException
            or TaskCanceledException { InnerException: TimeoutException };
}
