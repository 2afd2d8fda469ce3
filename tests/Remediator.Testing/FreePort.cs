using System.Net;
using System.Net.Sockets;

namespace Remediator.Testing;

/// <summary>
/// Ports for servers of the tests. They are below those that the system gives to outgoing connections, since one of these can be given away
/// between the moment it was found free and the moment its server listens.
/// </summary>
public static class FreePort
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that nobody listens on and that this run has not given out before.</summary>
    public static int Take(string address = "127.0.0.1")
    {
        lock (Gate)
        {
            int port;
            do
            {
                port = Random.Shared.Next(10_000, 20_000);
            }
            while (!IsFree(new(IPAddress.Parse(address), port)) || !Given.Add(port));
            return port;
        }
    }

    private static bool IsFree(IPEndPoint place)
    {
        using var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(place);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
