using System.Net.Sockets;
using System.Text;
using Remediator.Actions.Masking;
using Remediator.Actions.Notify;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Secrets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>
/// One login to a host, through another where its entry says so. Nothing is run before its key was found to be a pinned one.
/// </summary>
internal sealed class HostLogin : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly List<IDisposable> _parts = [];

    private HostLogin()
    {
    }

    public SshClient Client { get; private set; } = null!;

    /// <exception cref="UnreachedException">It cannot be logged in to. Nothing was run there.</exception>
    /// <exception cref="ActionFailedException">It shows a key that is not pinned. Nothing was sent there.</exception>
    public static async Task<HostLogin> OpenAsync(
        ManagedHost host, ManagedHost? through, ISecrets secrets, CancellationToken cancellationToken)
    {
        var login = new HostLogin();
        try
        {
            if (through is null)
            {
                login.Client = await login.ConnectAsync(host, host.Address, host.Port, secrets, cancellationToken);
                return login;
            }

            var between = await login.ConnectAsync(through, through.Address, through.Port, secrets, cancellationToken);
            // any process here can connect to it, and gets as far as the login of the host that is meant
            var port = login.Keep(new ForwardedPortLocal("127.0.0.1", 0, host.Address, (uint)host.Port));
            between.AddForwardedPort(port);
            port.Start();
            login.Client = await login.ConnectAsync(host, "127.0.0.1", (int)port.BoundPort, secrets, cancellationToken);
            return login;
        }
        catch
        {
            login.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var part in Enumerable.Reverse(_parts))
            part.Dispose();
        _parts.Clear();
    }

    private async Task<SshClient> ConnectAsync(
        ManagedHost host, string address, int port, ISecrets secrets, CancellationToken cancellationToken)
    {
        var key = Keep(KeyOf(host, secrets));
        var method = Keep(new PrivateKeyAuthenticationMethod(host.User, key));
        var connection = new ConnectionInfo(address, port, host.User, method) { Timeout = Timeout };
        // only keys of a pinned type are asked for: a host has several, and another than the pinned one proves nothing
        foreach (var name in connection.HostKeyAlgorithms.Keys.Where(n => !host.HostKeys.Any(k => IsOf(n, k.Type))).ToList())
            connection.HostKeyAlgorithms.Remove(name);

        var client = Keep(new SshClient(connection) { KeepAliveInterval = TimeSpan.FromSeconds(5) });
        string? other = null;
        client.HostKeyReceived += (_, shown) =>
        {
            shown.CanTrust = host.HostKeys.Any(k => Convert.FromBase64String(k.Base64).AsSpan().SequenceEqual(shown.HostKey));
            other = shown.CanTrust ? null : $"{shown.HostKeyName} SHA256:{shown.FingerPrintSHA256}";
        };
        try
        {
            await client.ConnectAsync(cancellationToken);
            return client;
        }
        catch (Exception e) when (other is not null && e is not OperationCanceledException)
        {
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"Host {host.Name} shows a key that is not pinned ({other}); nothing was sent to it. If its key was changed on purpose, "
                    + "change host_keys in the policy.",
                e);
        }
        catch (SshAuthenticationException e)
        {
            throw new UnreachedException(
                FailureKind.Permanent, $"Host {host.Name} does not let user {host.User} in with the key in {host.KeyFile}.", e);
        }
        catch (Exception e) when (e is SshException or SocketException or ProxyException)
        {
            throw new UnreachedException(
                FailureKind.Transient,
                $"Host {host.Name} cannot be logged in to at {host.Address}:{host.Port}: {EvidenceText.OneLine(e.Message, 300)}",
                e);
        }
    }

    private static PrivateKeyFile KeyOf(ManagedHost host, ISecrets secrets)
    {
        try
        {
            using var text = new MemoryStream(Encoding.ASCII.GetBytes(SecretFile.Read(secrets, host.KeyFile).TrimEnd() + "\n"));
            return new PrivateKeyFile(text);
        }
        catch (SshException e)
        {
            throw new UnreachedException(
                FailureKind.Permanent, $"The key in {host.KeyFile} cannot be used: {EvidenceText.OneLine(e.Message, 200)}", e);
        }
    }

    private static bool IsOf(string algorithm, string type) =>
        algorithm == type || (type == "ssh-rsa" && algorithm is "rsa-sha2-256" or "rsa-sha2-512");

    private T Keep<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }
}
