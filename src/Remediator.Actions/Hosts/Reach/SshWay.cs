using System.Globalization;
using System.Text;
using Remediator.Actions.Masking;
using Remediator.Core.Policies;
using Remediator.Core.Secrets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>A login for each script.</summary>
/// <param name="hosts">Those in force, of which one may be between.</param>
internal sealed class SshWay(Func<IReadOnlyList<ManagedHost>> hosts, ISecrets secrets, TimeProvider time) : IReachHost
{
    public HostWay Way => HostWay.Ssh;

    public async Task<HostSaid> RunAsync(
        ManagedHost host, HostScript script, IReadOnlyList<string> arguments, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var through = host.Through is { } name ? hosts().Single(h => h.Name == name) : null;
        using var login = await HostLogin.OpenAsync(host, through, secrets, cancellationToken);
        var seconds = HostTime.Left(host, script, notAfter, time);
        return await RunAsync(login.Client, host, script, script.With(arguments), seconds, cancellationToken);
    }

    private static async Task<HostSaid> RunAsync(
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
            var output = HostStreams.ReadAsync(command.OutputStream, HostShell.MostBytes);
            var errors = HostStreams.HearAsync(command.ExtendedOutputStream);
            await using (var input = command.CreateInputStream())
            {
                await input.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
            }

            if (await output is not { } said)
                return new(null, null, "", seconds);
            await run;
            return new(command.ExitStatus, said, await errors, seconds);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw HostShell.Unknown(host, script, "did not end in time");
        }
        catch (Exception e) when (e is SshException or System.Net.Sockets.SocketException or IOException or ObjectDisposedException)
        {
            throw HostShell.Unknown(host, script, $"was lost sight of: {EvidenceText.OneLine(e.Message, 300)}", e);
        }
    }
}
