using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Events;

namespace Remediator.Grains.Membership;

/// <summary>The end of a replica that was declared dead: it stops acting at once, says so in the journal, and its process ends.</summary>
internal sealed partial class Fence(
    ActGate gate, ReplicaLog journal, ILocalSiloDetails self, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Fence> logger)
{
    /// <summary>The store may be away; the process ends all the same.</summary>
    private static readonly TimeSpan LastWordWithin = TimeSpan.FromSeconds(3);

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
            await journal.FarewellAsync(told, within.Token).WaitAsync(within.Token);
        }
        catch (Exception e)
        {
            Log.NotTold(logger, e);
        }

        _over.TrySetResult(refused);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2401, Level = LogLevel.Critical, Message = "This replica stops acting and ends: {Reason}")]
        public static partial void Fenced(ILogger logger, string reason);

        [LoggerMessage(EventId = 2402, Level = LogLevel.Error, Message = "It could not be journalled that this replica was fenced")]
        public static partial void NotTold(ILogger logger, Exception e);
    }
}
