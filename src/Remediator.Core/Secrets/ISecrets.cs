namespace Remediator.Core.Secrets;

/// <summary>
/// Secrets in files of their own. The files are replaced while the program runs, and the new text is used within seconds.
/// </summary>
public interface ISecrets
{
    /// <summary>
    /// The newest text of the file that could be used, without the blanks around it. A file that is empty, half-written or gone keeps the
    /// text before it.
    /// </summary>
    /// <param name="shortest">Characters that each line needs; a shorter one cannot be used.</param>
    /// <exception cref="IOException">The file could never be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    string Read(string path, int shortest = 1);
}
