using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.Images;

/// <summary>
/// The program on a node that deletes container images: root owns it, and only the one that belongs to this version is run.
/// </summary>
public static class ImagesHelper
{
    public const string Path = HostPermission.Images;

    private static readonly Lazy<string> Program = new(() =>
    {
        using var stream = typeof(ImagesHelper).Assembly.GetManifestResourceStream("remediator-images")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    public static string Text => Program.Value;

    /// <summary>SHA-256 of the program, in hexadecimal.</summary>
    public static string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    internal static HostPermission Permission { get; } = new(Path) { Sha256 = Digest };
}
