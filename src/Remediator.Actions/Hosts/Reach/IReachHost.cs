using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>One way to hosts: runs a script there as it is, and says what came back.</summary>
internal interface IReachHost
{
    HostWay Way { get; }

    /// <param name="notAfter">The script is ended by then, on the host too.</param>
    /// <exception cref="UnreachedException">Nothing was run: another way may be tried.</exception>
    /// <exception cref="ActionFailedException">
    /// <see cref="FailureKind.Unknown"/> where it may have been run; any other kind where nothing was run, and no other way may be tried.
    /// </exception>
    Task<HostSaid> RunAsync(
        ManagedHost host, HostScript script, IReadOnlyList<string> arguments, DateTimeOffset notAfter, CancellationToken cancellationToken);
}

/// <param name="Status">With which the script ended; null where it was ended by a signal, or may not have begun.</param>
/// <param name="Output">Null where there was more of it than any answer has.</param>
/// <param name="Seconds">That it was given.</param>
internal sealed record HostSaid(int? Status, string? Output, string Errors, int Seconds);

/// <summary>Nothing was run on the host.</summary>
/// <param name="kind"><see cref="FailureKind.Transient"/> where the same may succeed later.</param>
internal sealed class UnreachedException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;
}
