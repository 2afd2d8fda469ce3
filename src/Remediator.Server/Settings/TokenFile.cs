using System.Buffers.Text;
using System.Security.Cryptography;
using Remediator.Core.Language;

namespace Remediator.Server.Settings;

/// <summary>A random secret in a file of its own that only its owner may read.</summary>
internal static class TokenFile
{
    private const int Bytes = 32;
    public const int LeastLength = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the file where it is missing; one that is there stays as it is.</summary>
    /// <returns>True when it was made now.</returns>
    public static bool Ensure(string path)
    {
        if (Path.Exists(path))
            return false;

        // written aside and then moved, so that a crash between leaves no half token
        var aside = $"{path}.{Environment.ProcessId}";
        File.Delete(aside);
        using (var file = new FileStream(
            aside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)) + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(aside, path, overwrite: false);
        return true;
    }

    /// <returns>Why the file cannot be the token, or tokens, one in each line; null when it can.</returns>
    public static string? Fault(string path)
    {
        try
        {
            if (Directory.Exists(path))
                return "it is a folder.";
            var tokens = File.ReadAllText(path).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return tokens.Select(t => t.Length).DefaultIfEmpty(0).Min() is < LeastLength and var shortest
                ? $"the token has {Plural.Of(shortest, "character")}; at least {LeastLength} are needed (openssl rand -base64 32)."
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {e.Message}";
        }
    }

    /// <returns>What is wrong with the rights on the file; null when only its owner can use it.</returns>
    public static string? RightsFault(string path) =>
        (File.GetUnixFileMode(path) & ~OwnerOnly) == 0 ? null : $"{path} can be read by others; run: chmod 600 {path}";
}
