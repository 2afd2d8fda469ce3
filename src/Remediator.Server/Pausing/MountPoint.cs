using System.Text.RegularExpressions;

namespace Remediator.Server.Pausing;

/// <summary>Where the file system of a folder is mounted, from Linux' <c>/proc/self/mountinfo</c>.</summary>
internal static partial class MountPoint
{
    private const string Mounts = "/proc/self/mountinfo";
    private const int PathField = 4;

    /// <returns>The deepest mount point above the folder; null on systems that do not tell.</returns>
    /// <param name="folder">Without links in it: <see cref="RealPath"/>.</param>
    /// <exception cref="IOException">The list of mounts cannot be read.</exception>
    public static string? Of(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return null;

        return File.ReadLines(Mounts)
            .Select(line => Octal().Replace(line.Split(' ')[PathField], m => ((char)Convert.ToInt32(m.Groups[1].Value, 8)).ToString()))
            .Where(mount => mount == "/" || folder == mount || folder.StartsWith(mount + "/", StringComparison.Ordinal))
            .MaxBy(mount => mount.Length);
    }

    /// <summary>The folder with every link on its way followed, as far as it is there.</summary>
    public static string RealPath(string folder)
    {
        var path = Path.GetPathRoot(folder)!;
        foreach (var part in folder[path.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            path = Directory.Exists(path) && new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true) is { } target
                ? RealPath(target.FullName)
                : path;
        }

        return path;
    }

    /// <summary>Blanks and backslashes in a path are written so.</summary>
    [GeneratedRegex(@"\\([0-7]{3})", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();
}
