using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>
/// Runs the scripts of this program on the hosts of the policy, by the first way that answers. Once a script may have been run, no other
/// way is tried.
/// </summary>
/// <param name="hosts">Those in force; asked for each script.</param>
internal sealed class HostShell(Func<IReadOnlyList<ManagedHost>> hosts, params IReadOnlyList<IReachHost> ways)
{
    /// <summary>A host may say anything, and as much as it likes; more than this is no answer.</summary>
    internal const int MostBytes = 1 << 20;

    private const int TimedOut = 124;
    private const int Killed = 137;
    private const int SudoRefused = 77;

    public IReadOnlyList<ManagedHost> Hosts => hosts();

    /// <summary>Runs one script to its end, and not longer than until <paramref name="notAfter"/>, on the host too.</summary>
    /// <exception cref="ActionFailedException">
    /// <see cref="FailureKind.Unknown"/> where it was sent and there is no whole answer; any other kind where nothing was run.
    /// </exception>
    public async Task<HostAnswer> RunAsync(
        ManagedHost host, HostScript script, IReadOnlyList<string> arguments, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        script.Check(arguments);
        var failed = new List<UnreachedException>();
        foreach (var way in HostWays.Of(host, script.Trouble))
        {
            try
            {
                var said = await ways.Single(w => w.Way == way).RunAsync(host, script, arguments, notAfter, cancellationToken);
                return Answer(host, script, said) with
                {
                    Reached = failed.Count == 0 ? "" : EvidenceText.OneLine($"{HostWays.Name(way)}, since {Why(failed)}", 900),
                };
            }
            catch (UnreachedException e)
            {
                failed.Add(e);
            }
        }

        throw new ActionFailedException(
            failed.Any(f => f.Kind is FailureKind.Transient) ? FailureKind.Transient : FailureKind.Permanent,
            Why(failed), failed.FirstOrDefault());
    }

    private static string Why(IEnumerable<UnreachedException> failed) => string.Join(' ', failed.Select(f => f.Message));

    private static HostAnswer Answer(ManagedHost host, HostScript script, HostSaid said)
    {
        if (said.Output is not { } output)
            throw Unknown(host, script, $"answered with more than {MostBytes >> 20} MiB, which is no answer of it");
        if (said.Status is TimedOut or Killed)
            throw Unknown(host, script, $"did not end within {said.Seconds} s and was ended there");
        var heard = EvidenceText.OneLine(said.Errors, 300) is { Length: > 0 } some ? $": {some}" : "";
        if (said.Status is SudoRefused)
        {
            var refused = output.Split('\n').FirstOrDefault(l => l.StartsWith("refused\t", StringComparison.Ordinal))?[8..];
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"sudo on host {host.Name} does not let user {host.User} run '{EvidenceText.OneLine(refused, 300)}'; 'remediator "
                    + "permissions --for hosts' prints what it has to allow.");
        }

        if (said.Status is not 0)
            throw Unknown(host, script, $"ended with {(said.Status is { } code ? $"code {code}" : "no exit code")}{heard}");
        return HostAnswer.Parse(output) ?? throw Unknown(host, script, $"gave only half an answer{heard}");
    }

    internal static ActionFailedException Unknown(ManagedHost host, HostScript script, string what, Exception? inner = null) =>
        new(FailureKind.Unknown, $"{script.File} on host {host.Name} {what}.", inner);
}
