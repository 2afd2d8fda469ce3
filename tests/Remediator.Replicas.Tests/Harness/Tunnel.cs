using System.Net;
using System.Net.Sockets;

namespace Remediator.Replicas.Tests.Harness;

/// <summary>Lets those in a network of their own reach a port of this machine's loopback.</summary>
internal sealed class Tunnel : IDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;

    public Tunnel(string address, int target)
    {
        (_listener, _target) = (new(IPAddress.Parse(address), 0), target);
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
            }
        }
    }
}
