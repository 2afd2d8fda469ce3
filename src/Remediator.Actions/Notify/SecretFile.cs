using Remediator.Core.Actions;

namespace Remediator.Actions.Notify;

/// <summary>A secret in a file, read each time it is needed: such files are replaced while we run.</summary>
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

    public static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ActionFailedException(FailureKind.Transient, $"The secret in {path} cannot be read: {e.Message}", e);
        }
    }
}
