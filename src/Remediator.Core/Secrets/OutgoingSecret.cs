namespace Remediator.Core.Secrets;

public static class OutgoingSecret
{
    /// <summary>
    /// What is sent where a file may have several lines: the first, which is the newest while a secret is being replaced. A header cannot
    /// carry a line end, and what tries ends the caller instead of the call.
    /// </summary>
    /// <exception cref="IOException">The file could never be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static string ReadFirstLine(this ISecrets secrets, string path)
    {
        var text = secrets.Read(path);
        return text.AsSpan().IndexOfAny('\r', '\n', '\0') is >= 0 and var end ? text[..end] : text;
    }
}
