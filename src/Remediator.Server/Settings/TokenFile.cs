using System.Buffers.Text;
using System.Security.Cryptography;

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
        if (File.Exists(path))
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

    /// <returns>Why a file that the user names cannot be the token; null when it can.</returns>
    public static string? Fault(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: < LeastLength } text
                ? $"the token has {text.Length} characters; at least {LeastLength} are needed (openssl rand -base64 32)."
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
