using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Space;

/// <summary>
/// The program on a host that deletes what it holds by descriptors, which no shell can. Root owns it and its list there; this is the text
/// of the one that belongs to this version, and no other is run.
/// </summary>
public static class SpaceHelper
{
    public const string Path = "/usr/local/sbin/remediator-space";
    public const string ListPath = "/etc/remediator/space.conf";

    private static readonly Lazy<string> Program = new(() =>
    {
        using var stream = typeof(SpaceHelper).Assembly.GetManifestResourceStream("remediator-space")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    public static string Text => Program.Value;

    /// <summary>SHA-256 of the program, in hexadecimal.</summary>
    public static string Digest => Sha256(Text);

    internal static HostPermission Permission => new(Path) { Sha256 = Digest };

    /// <summary>One line: what the program may delete on a host, by the policy.</summary>
    public static string ListOf(ManagedHost host) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["logs"] = host.Logs,
        ["keep_logs"] = (long)host.KeepsLogs.TotalSeconds,
        ["temp"] = host.Temp,
        ["keep_temp"] = (long)host.KeepsTemp.TotalSeconds,
    });

    internal static string ListDigestOf(ManagedHost host) => Sha256(ListOf(host));

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
