using System.Net;
using System.Net.Sockets;

namespace Remediator.EndToEnd.Harness;

internal static class FreePort
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A loopback port that nobody listens on and that this run has not given out before.</summary>
    public static int Take()
    {
        lock (Gate)
        {
            while (true)
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (Given.Add(port))
                    return port;
            }
        }
    }
}
