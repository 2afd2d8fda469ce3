using Remediator.Testing;

namespace Remediator.Definitions.Tests.Shipped;

/// <summary>Files, or parts of files, of this repository that follow from the program.</summary>
internal static class Generated
{
    /// <summary>Set, the tests write what follows from the program, and pass; else they compare.</summary>
    private const string Write = "REMEDIATOR_TEST_WRITE";

    /// <param name="file">Relative to the top of the repository.</param>
    /// <param name="content">The whole file, by the one that is there; empty where there is none.</param>
    public static void Is(string file, Func<string, string> content)
    {
        var path = WorkingTree.Path(file);
        var there = File.Exists(path) ? File.ReadAllText(path) : "";
        var expected = content(there);
        if (Environment.GetEnvironmentVariable(Write) is { Length: > 0 })
            File.WriteAllText(path, expected);
        else
            Assert.True(
                there == expected,
                $"{path} does not follow from the program; if the change is meant, run these tests again with {Write}=1.");
    }
}
