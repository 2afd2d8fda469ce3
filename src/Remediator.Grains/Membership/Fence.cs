using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Events;
using Remediator.Grains.Calls;

namespace Remediator.Grains.Membership;

/// <summary>The end of a replica that was declared dead: it stops acting at once, says so in the journal, and its process ends.</summary>
internal sealed partial class Fence(
    ActGate gate, ReplicaLog journal, ILocalSiloDetails self, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Fence> logger)
{
    /// <summary>
    /// The store may be away; the process ends all the same. Nothing is done any more meanwhile. Whoever was cut off has connections that
    /// only a time limit shows to be dead, so that the first word may get lost in one of them, and has to be said again.
    /// </summary>
    private static readonly TimeSpan LastWordWithin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource<string> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _tripped;

    /// <summary>Ends with the reason once the process has to end.</summary>
    public Task<string> Over => _over.Task;

    public bool IsTripped => _tripped != 0;

    /// <param name="refused">What told it, in words.</param>
    public void Trip(string refused)
    {
        gate.End();

        // a replica that shuts down has declared itself dead, and ends anyway
        if (!lifetime.ApplicationStopping.IsCancellationRequested && Interlocked.Exchange(ref _tripped, 1) == 0)
        {
            Log.Fenced(logger, refused);
            _ = Task.Run(() => EndAsync(refused));
        }
    }

    private async Task EndAsync(string refused)
    {
        try
        {
            var told = new ReplicaFenced(self.SiloAddress.ToParsableString(), self.DnsHostName, refused);
            using var within = new Deadline(LastWordWithin, time, CancellationToken.None);
            await SayAsync(told, within.Token);
        }
        catch (Exception e)
        {
            Log.NotTold(logger, e);
        }

        _over.TrySetResult(refused);
    }

    private async Task SayAsync(ReplicaFenced told, CancellationToken within)
    {
        while (true)
        {
            try
            {
                await journal.FarewellAsync(told, within).WaitAsync(within);
                return;
            }
            catch (Exception e) when (Failure.IsOfTheMoment(e) && !within.IsCancellationRequested)
            {
                await Task.Delay(Pause, time, within);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2401, Level = LogLevel.Critical, Message = "This replica stops acting and ends: {Reason}")]
        public static partial void Fenced(ILogger logger, string reason);

        [LoggerMessage(EventId = 2402, Level = LogLevel.Error, Message = "It could not be journalled that this replica was fenced")]
        public static partial void NotTold(ILogger logger, Exception e);
    }
}
