using System.Runtime.CompilerServices;

namespace Remediator.Server.Tests.Deploy;

/// <summary>The files that ship for an installation, as they are in the repository.</summary>
internal static class DeployFolder
{
    private static readonly string Path = System.IO.Path.GetFullPath(System.IO.Path.Combine(ThisFolder(), "..", "..", "..", "deploy"));

    public static string File(string name) => System.IO.Path.Combine(Path, name);

    public static string Read(string name) => System.IO.File.ReadAllText(File(name));

    /// <summary>All objects for Kubernetes, by file.</summary>
    public static IEnumerable<(string Name, string Text)> Manifests() =>
        Directory.EnumerateFiles(File("kubernetes"), "*.yaml", SearchOption.AllDirectories)
            .Select(f => (System.IO.Path.GetRelativePath(Path, f), System.IO.File.ReadAllText(f)));

    private static string ThisFolder([CallerFilePath] string file = "") => System.IO.Path.GetDirectoryName(file)!;
}
