using System.Globalization;
using System.Text;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Secrets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>Runs the scripts of this program on the hosts of the policy, one login each.</summary>
/// <param name="hosts">Those in force; asked for each script.</param>
internal sealed class HostShell(Func<IReadOnlyList<ManagedHost>> hosts, ISecrets secrets, TimeProvider time)
{
    /// <summary>A host may say anything, and as much as it likes; more than this is no answer.</summary>
    internal const int MostBytes = 1 << 20;

    private const int MostErrorBytes = 4096;
    private const int TimedOut = 124;
    private const int Killed = 137;
    private const int SudoRefused = 77;

    /// <summary>So much sooner than us the host ends the script: its answer has to come back in time.</summary>
    private static readonly TimeSpan Earlier = TimeSpan.FromSeconds(2);

    public IReadOnlyList<ManagedHost> Hosts => hosts();

    /// <summary>Runs one script to its end, and not longer than until <paramref name="notAfter"/>, on the host too.</summary>
    /// <exception cref="ActionFailedException">
    /// <see cref="FailureKind.Unknown"/> where it was sent and there is no whole answer; any other kind where nothing was run.
    /// </exception>
    public async Task<HostAnswer> RunAsync(
        ManagedHost host, HostScript script, IReadOnlyList<string> arguments, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var text = script.With(arguments);
        var through = host.Through is { } name ? Hosts.Single(h => h.Name == name) : null;
        using var login = await HostLogin.OpenAsync(host, through, secrets, cancellationToken);
        var left = notAfter - time.GetUtcNow() - Earlier;
        if (left < TimeSpan.FromSeconds(1))
            throw new ActionFailedException(FailureKind.Transient, $"There was no time left to run {script.File} on host {host.Name}.");
        return await RunAsync(login.Client, host, script, text, (int)Math.Min(left.TotalSeconds, 3600), cancellationToken);
    }

    private static async Task<HostAnswer> RunAsync(
        SshClient client, ManagedHost host, HostScript script, string text, int seconds, CancellationToken cancellationToken)
    {
        // the login shell sees only this; what is given to the script comes with it on standard input
        using var command = client.CreateCommand(
            string.Create(CultureInfo.InvariantCulture, $"exec timeout -k 2 {seconds} /bin/sh -s"), Encoding.UTF8);
        // closes the streams, and so ends the reads below, whatever the host does
        using var ended = cancellationToken.Register(static c => ((SshClient)c!).Dispose(), client);
        try
        {
            var run = command.ExecuteAsync(cancellationToken);
            var output = ReadAsync(command.OutputStream, MostBytes);
            var errors = HearAsync(command.ExtendedOutputStream);
            await using (var input = command.CreateInputStream())
            {
                await input.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
            }

            var said = await output;
            if (said is null)
                throw Unknown(host, script, $"answered with more than {MostBytes >> 20} MiB, which is no answer of it");
            await run;
            return Answer(host, script, command.ExitStatus, said, await errors, seconds);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw Unknown(host, script, "did not end in time");
        }
        catch (Exception e) when (e is SshException or System.Net.Sockets.SocketException or IOException or ObjectDisposedException)
        {
            throw Unknown(host, script, $"was lost sight of: {EvidenceText.OneLine(e.Message, 300)}", e);
        }
    }

    private static HostAnswer Answer(ManagedHost host, HostScript script, int? status, string said, string errors, int seconds)
    {
        if (status is TimedOut or Killed)
            throw Unknown(host, script, $"did not end within {seconds} s and was ended there");
        var heard = EvidenceText.OneLine(errors, 300) is { Length: > 0 } some ? $": {some}" : "";
        if (status is SudoRefused)
        {
            var refused = said.Split('\n').FirstOrDefault(l => l.StartsWith("refused\t", StringComparison.Ordinal))?[8..];
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"sudo on host {host.Name} does not let user {host.User} run '{EvidenceText.OneLine(refused, 300)}'; 'remediator "
                    + "permissions --for hosts' prints what it has to allow.");
        }

        if (status is not 0)
            throw Unknown(host, script, $"ended with {(status is { } code ? $"code {code}" : "a signal")}{heard}");
        return HostAnswer.Parse(said) ?? throw Unknown(host, script, $"gave only half an answer{heard}");
    }

    /// <returns>Null where there was more than the most; the rest is not read.</returns>
    private static async Task<string?> ReadAsync(Stream stream, int most)
    {
        var buffer = new byte[most + 1];
        var count = await Task.Run(() => stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        if (count <= most)
            return Encoding.UTF8.GetString(buffer, 0, count);
        return null;
    }

    /// <summary>The beginning; the rest is read and forgotten, since what is not read would be kept for us.</summary>
    private static Task<string> HearAsync(Stream stream) => Task.Run(() =>
    {
        var kept = new byte[MostErrorBytes];
        var count = stream.ReadAtLeast(kept, kept.Length, throwOnEndOfStream: false);
        var rest = new byte[MostErrorBytes];
        while (stream.Read(rest) > 0)
        {
        }

        return Encoding.UTF8.GetString(kept, 0, count);
    });

    private static ActionFailedException Unknown(ManagedHost host, HostScript script, string what, Exception? inner = null) =>
        new(FailureKind.Unknown, $"{script.File} on host {host.Name} {what}.", inner);
}
