using System.Globalization;
using System.Net;
using Remediator.Actions.Hosts.Reach;

namespace Remediator.Actions.Hosts.Descriptors;

/// <summary>Descriptors of one process that are open to the same.</summary>
/// <param name="Kind">in, out, listens, udp, accepted, unix, unbound, pipe, anon, deleted or file.</param>
/// <param name="To">A path, or a port or an address as proc(5) writes it.</param>
/// <param name="State">Of TCP, in hexadecimal.</param>
internal sealed record OpenRow(long Count, string Kind, string To, string State)
{
    // include/net/tcp_states.h of Linux, from 1
    private static readonly string[] States =
    [
        "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN",
        "CLOSING", "NEW_SYN_RECV",
    ];

    public static OpenRow Read(IReadOnlyList<string> fields) => new(
        HostAnswer.Count(fields[0]), fields[1], fields.Count > 2 ? fields[2] : "", fields.Count > 3 ? fields[3] : "");

    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Count} {What()}");

    private string What() => Kind switch
    {
        "in" when To.Split(' ') is [var port, var from] => $"{StateName()} from {Address(from)} at port {Port(port)}",
        "out" when To.Split(':') is [var address, var port] => $"{StateName()} to {Address(address)}:{Port(port)}",
        "listens" => $"listening at port {Port(To)}",
        "udp" => "UDP sockets",
        "accepted" => $"clients of UNIX socket {To}",
        "unix" => "UNIX sockets",
        "unbound" => "sockets of another family or without an address",
        "pipe" => "pipes",
        "anon" => To,
        "deleted" => To,
        "file" => To,
        _ => $"{Kind} {To}",
    };

    private string StateName() =>
        int.TryParse(State, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var state) && state >= 1 && state <= States.Length
            ? States[state - 1]
            : State;

    private static string Port(string hex) =>
        int.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port)
            ? port.ToString(CultureInfo.InvariantCulture)
            : hex;

    /// <summary>Words of four bytes, each in the order of a little-endian machine.</summary>
    private static string Address(string hex)
    {
        if (hex.Length is not (8 or 32) || !hex.All(char.IsAsciiHexDigit)) return hex;
        var bytes = Convert.FromHexString(hex);
        for (var i = 0; i < bytes.Length; i += 4)
            Array.Reverse(bytes, i, 4);
        var address = new IPAddress(bytes);
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
