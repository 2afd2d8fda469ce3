using Microsoft.Extensions.Options;

namespace Remediator.Sources.Intake;

/// <summary>How much is being taken in at once; what does not fit is told to come again.</summary>
internal sealed class IntakeGate(IOptions<IntakeOptions> options)
{
    private readonly int _maxRequests = options.Value.MaxConcurrentRequests;
    private readonly long _maxBytes = options.Value.MaxBytesInFlight;
    private int _requests;
    private long _bytes;

    /// <returns>Null where there is no room.</returns>
    public Pass? Enter(int bytes)
    {
        var requests = Interlocked.Increment(ref _requests);
        var total = Interlocked.Add(ref _bytes, bytes);
        var pass = new Pass(this, bytes);
        if (requests <= _maxRequests && total <= _maxBytes)
            return pass;

        pass.Dispose();
        return null;
    }

    public readonly struct Pass(IntakeGate gate, int bytes) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref gate._requests);
            Interlocked.Add(ref gate._bytes, -bytes);
        }
    }
}
