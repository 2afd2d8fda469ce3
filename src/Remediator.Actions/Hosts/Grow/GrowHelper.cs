using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.Grow;

/// <summary>
/// The program on a host that makes a file system larger: root owns it, sudo runs it for the mount points of the policy alone, and only
/// the one that belongs to this version.
/// </summary>
public static class GrowHelper
{
    public const string Path = "/usr/local/sbin/remediator-grow";

    private static readonly Lazy<string> Program = new(() =>
    {
        using var stream = typeof(GrowHelper).Assembly.GetManifestResourceStream("remediator-grow")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    public static string Text => Program.Value;

    /// <summary>SHA-256 of the program, in hexadecimal.</summary>
    public static string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    internal static HostPermission Look { get; } = new($"{Path} look {HostPermission.Mount}") { Sha256 = Digest };

    internal static HostPermission Grow { get; } = new($"{Path} grow {HostPermission.Mount}") { Sha256 = Digest };
}
