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
    /// <summary>
    /// A file for each port that was given out, open until this process ends: no other test process gets the port meanwhile.
    /// </summary>
    private static readonly Dictionary<int, FileStream> Given = [];

    /// <summary>A port that nobody listens on and that nobody was given who still runs.</summary>
    public static int Take(string address = "127.0.0.1")
    {
        lock (Gate)
        {
            int port;
            do
            {
                port = Random.Shared.Next(10_000, 20_000);
            }
            while (!IsFree(new(IPAddress.Parse(address), port)) || !IsOurs(port));
            return port;
        }
    }

    private static bool IsOurs(int port)
    {
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"remediator-ports-{Environment.UserName}"));
            return Given.TryAdd(
                port, new(Path.Combine(folder.FullName, $"{port}"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None));
        }
        catch (IOException)
        {
            return false;
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
