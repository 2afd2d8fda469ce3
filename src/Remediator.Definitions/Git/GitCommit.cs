using System.Security.Cryptography;
using System.Text;
using LibGit2Sharp;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Git;

/// <summary>The commit that the files come from; only where each of them is in it, byte for byte.</summary>
internal static class GitCommit
{
    /// <returns>Null without a repository, with changes that are not committed, or where git cannot be read here.</returns>
    /// <param name="single">A file that is used alone, whatever else is in its folder.</param>
    public static string? Of(
        (string Path, SourceFile File)? single, params IReadOnlyList<(string Folder, IReadOnlyList<SourceFile> Files)> folders)
    {
        try
        {
            var commits = folders.Select(f => Of(f.Folder, f.Files)).ToList();
            if (single is { } file) commits.Add(Of(file.Path, file.File));
            commits = [.. commits.Distinct()];
            return commits is [{ } commit] ? commit : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>
    /// The commits that the repositories of these folders or files are at; where they are the same as before, so is the
    /// commit of the same files. Reads no tree.
    /// </summary>
    /// <returns>Null where git cannot be read here.</returns>
    public static string? HeadsOf(IEnumerable<string> paths)
    {
        try
        {
            return string.Join(' ', paths.Select(HeadOf));
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private static string HeadOf(string path)
    {
        if (Repository.Discover(Path.GetFullPath(path)) is not { } found) return "none";
        using var repository = new Repository(found);
        return $"{repository.Info.WorkingDirectory}@{repository.Refs.Head.ResolveToDirectReference()?.TargetIdentifier}";
    }

    private static bool IsUnreadable(Exception e) =>
        e is LibGit2SharpException or IOException or UnauthorizedAccessException or TypeInitializationException or DllNotFoundException;

    private static string? Of(string folder, IReadOnlyList<SourceFile> files)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Repository.Discover(full) is not { } found) return null;
        using var repository = new Repository(found);
        if (repository.Info.WorkingDirectory is not { } root || repository.Head.Tip is not { } tip) return null;
        var path = Path.GetRelativePath(root, full).Replace('\\', '/');
        var tree = path == "." ? tip.Tree : tip[path]?.Target as Tree;
        if (tree is null) return null;
        var committed = Blobs(tree).ToDictionary(b => b.Path, b => b.Sha, StringComparer.Ordinal);
        return committed.Count == files.Count
            && files.All(f => committed.GetValueOrDefault(f.Label[(f.Label.IndexOf('/') + 1)..]) == ShaOf(f))
            ? tip.Sha
            : null;
    }

    private static string? Of(string path, SourceFile file)
    {
        var full = Path.GetFullPath(path);
        if (Repository.Discover(Path.GetDirectoryName(full)!) is not { } found) return null;
        using var repository = new Repository(found);
        if (repository.Info.WorkingDirectory is not { } root || repository.Head.Tip is not { } tip) return null;
        return tip[Path.GetRelativePath(root, full).Replace('\\', '/')]?.Target is Blob blob && blob.Sha == ShaOf(file) ? tip.Sha : null;
    }

    private static IEnumerable<(string Path, string Sha)> Blobs(Tree tree, string under = "") =>
        tree.SelectMany(entry => entry.Target switch
    {
        Tree folder => entry.Name.StartsWith('.') ? [] : Blobs(folder, $"{under}{entry.Name}/"),
        Blob blob when Path.GetExtension(entry.Name) is ".yaml" or ".yml" && !entry.Name.StartsWith('.') =>
            [($"{under}{entry.Name}", blob.Sha)],
        _ => [],
    });

    /// <summary>Git's own name of these bytes.</summary>
    private static string ShaOf(SourceFile file)
    {
        var content = Encoding.UTF8.GetBytes(file.Text);
        byte[] named = [.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content];
#pragma warning disable CA5350 // git names its objects so; nothing is protected by it
        return Convert.ToHexStringLower(SHA1.HashData(named));
#pragma warning restore CA5350
    }
}
