using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Remediator.Server.Serve;

/// <summary>
/// The port of a silo for which none is set. A start takes the port of the start before wherever it is free: who listens at the address of
/// an older replica proves that the older one is gone, and membership declares it dead at once. At another port it would have to be probed
/// first, for 20 s.
/// </summary>
internal static class SiloPort
{
    private const int First = 20_000;

    /// <summary>
    /// From here on the system gives ports to outgoing connections, usually: until the silo takes it, another program could be given one of
    /// them.
    /// </summary>
    private const int End = 32_768;

    /// <param name="file">Where the port is remembered; a folder that cannot be written is reported where all faults are.</param>
    public static int Choose(IPAddress address, string file)
    {
        if (Remembered(file) is { } last && IsFree(address, last))
            return last;

        var port = Any(address);
        try
        {
            File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }

        return port;
    }

    private static int? Remembered(string file)
    {
        try
        {
            return int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                && port is >= First and < End
                ? port
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Any(IPAddress address)
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            if (IsFree(address, port))
                return port;
        }
    }

    /// <summary>True too where the address is none of this machine's, which is reported where all faults are.</summary>
    public static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is not SocketError.AddressAlreadyInUse;
        }
    }
}
