using Remediator.Core.Actions;
using Remediator.Core.Secrets;

namespace Remediator.Actions.Notify;

/// <summary>A secret in a file, which may be replaced while we run.</summary>
internal static class SecretFile
{
    /// <summary>What is wrong with the file; null when it can be used.</summary>
    public static string? Fault(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim().Length == 0 ? "is empty" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message.TrimEnd('.')}";
        }
    }

    /// <summary>The newest that could be used.</summary>
    public static string Read(ISecrets secrets, string path) => Read(path, () => secrets.Read(path));

    /// <summary>As <see cref="Read(ISecrets, string)"/>, for a header.</summary>
    public static string ReadFirstLine(ISecrets secrets, string path) => Read(path, () => secrets.ReadFirstLine(path));

    private static string Read(string path, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ActionFailedException(FailureKind.Transient, $"The secret in {path} cannot be read: {e.Message}", e);
        }
    }
}
