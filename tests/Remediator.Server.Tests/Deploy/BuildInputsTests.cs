using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Remediator.Server.Tests.Deploy;

/// <summary>
/// What the build of the program reads is what the Dockerfile copies, what its ignore file lets through, and what decides whether an image
/// is that of its commit.
/// </summary>
public sealed partial class BuildInputsTests
{
    private static readonly string Repository = Path.GetFullPath(DeployFolder.File(".."));

    /// <summary>
    /// Files and folders at the top of the repository; MSBuild, NuGet and the compiler find those of the first line by their names.
    /// </summary>
    private static IReadOnlyList<string> Inputs { get; } =
    [
        .. new[] {
            "global.json",
            ".editorconfig",
            "nuget.config",
            "Directory.Build.props",
            "Directory.Build.targets",
            "Directory.Packages.props" }.Where(f => File.Exists(Path.Combine(Repository, f))),
        .. ProjectFiles().SelectMany(Named).Distinct().Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Inputs_AreMoreThanTheSources() =>
        Assert.Superset(new HashSet<string> { "src", "rules", "playbooks", "policy.yaml", "global.json" }, Inputs.ToHashSet());

    [Fact]
    public void Dockerfile_CopiesEach()
    {
        var copied = Copy()
            .Matches(DeployFolder.Read("Dockerfile"))
            .SelectMany(m => m.Groups["from"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Empty(Inputs.Except(copied));
    }

    [Fact]
    public void IgnoreFile_LetsEachThrough()
    {
        var lines = File.ReadAllLines(DeployFolder.File("Dockerfile.dockerignore"));

        Assert.Contains("*", lines);
        Assert.DoesNotContain(Inputs, i => !lines.Any(l => l.StartsWith('!') && Matches(l[1..], i)));
    }

    [Fact]
    public void Script_SaysSo_WhenOneIsNotAsInItsCommit()
    {
        var compared = Status().Match(DeployFolder.Read("image")).Groups["paths"].Value.Split(' ').Select(p => p.Trim('\'')).ToList();

        Assert.DoesNotContain(Inputs, i => !compared.Any(c => Matches(c, i)));
    }

    private static IEnumerable<string> ProjectFiles() =>
        Directory.EnumerateFiles(Path.Combine(Repository, "src"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository, "Directory.*"))
            .Where(f => Path.GetExtension(f) is ".csproj" or ".props" or ".targets" && !f.Contains("/obj/", StringComparison.Ordinal));

    /// <summary>Every path in it, as the first part below the top of the repository.</summary>
    private static IEnumerable<string> Named(string file) =>
        from attribute in XDocument.Load(file).Descendants().Attributes()
        where attribute.Name.LocalName is "Include" or "Project" or "Update" or "File"
        from path in attribute.Value.Split(';', StringSplitOptions.TrimEntries)
        let whole = path.Replace("$(MSBuildThisFileDirectory)", Path.GetDirectoryName(file) + "/", StringComparison.Ordinal)
            .Replace('\\', '/')
        where whole.Contains('/', StringComparison.Ordinal)
        let top = Path.GetRelativePath(Repository, Path.GetFullPath(whole, Path.GetDirectoryName(file)!)).Split('/')[0]
        select top;

    private static bool Matches(string pattern, string name) =>
        Regex.IsMatch(name, $"^{Regex.Escape(pattern).Replace("\\*", "[^/]*", StringComparison.Ordinal)}$");

    [GeneratedRegex(@"^COPY (?!--)(?<from>.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"status --porcelain -- (?<paths>[^)]+)\)")]
    private static partial Regex Status();
}
