using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Reach;

internal static class HostTime
{
    /// <summary>So much sooner than us the host ends the script: its answer has to come back in time.</summary>
    private static readonly TimeSpan Earlier = TimeSpan.FromSeconds(2);

    /// <returns>How many seconds a script may take that is sent now.</returns>
    /// <exception cref="ActionFailedException">None is left; nothing was run.</exception>
    public static int Left(ManagedHost host, HostScript script, DateTimeOffset notAfter, TimeProvider time)
    {
        var left = notAfter - time.GetUtcNow() - Earlier;
        return left >= TimeSpan.FromSeconds(1)
            ? (int)Math.Min(left.TotalSeconds, 3600)
            : throw new ActionFailedException(
                FailureKind.Transient, $"There was no time left to run {script.File} on host {host.Name}.");
    }
}
