namespace Remediator.Sources.Intake;

/// <summary>A secret alone in a file; a line end after it is ignored.</summary>
internal static class CredentialFile
{
    public const int ShortestSecret = 16;

    public static string Read(string path) => File.ReadAllText(path).Trim();

    /// <returns>What is wrong with the file, without any of what it says; null when it can be used.</returns>
    public static string? Fault(string path)
    {
        try
        {
            return Read(path).Length < ShortestSecret ? $"holds less than {ShortestSecret} characters; make a longer secret." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message}";
        }
    }
}
