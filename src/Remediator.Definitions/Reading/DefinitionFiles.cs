using Remediator.Definitions.Faults;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Finds and reads the files of a folder, in a stable order.</summary>
internal static class DefinitionFiles
{
    private const long MaxBytes = 1 << 20;
    private static readonly string[] Extensions = [".yaml", ".yml"];

    public static IReadOnlyList<SourceFile> Read(string folder, ICollection<DefinitionFault> faults)
    {
        var label = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        try
        {
            return [.. Paths(folder)
                .Select(p => Read(p, $"{label}/{Path.GetRelativePath(folder, p).Replace('\\', '/')}", faults))
                .OfType<SourceFile>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new(folder, 1, 1, $"the folder cannot be read: {e.Message}"));
            return [];
        }
    }

    /// <summary>Hidden folders are left out: a mounted ConfigMap keeps its versions in them, and links to the one in force.</summary>
    private static IEnumerable<string> Paths(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(p => Extensions.Contains(Path.GetExtension(p), StringComparer.Ordinal))
            .Where(p => !Path.GetRelativePath(folder, p).Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.')))
            .Order(StringComparer.Ordinal);

    /// <returns>Null where it cannot be read, which is a fault.</returns>
    public static SourceFile? Read(string path, string label, ICollection<DefinitionFault> faults)
    {
        try
        {
            if (new FileInfo(path).Length <= MaxBytes) return new(label, File.ReadAllText(path));
            faults.Add(new(label, 1, 1, "the file is larger than 1 MiB"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new(label, 1, 1, $"the file cannot be read: {e.Message}"));
        }

        return null;
    }
}
