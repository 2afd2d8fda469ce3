using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>The benchmark of the drain in its small form, on hollow nodes of its own: it still measures.</summary>
[Trait("Needs", "Cluster")]
[Collection(Fleet.Name)]
public sealed class DrainBesideKubectl
{
    private static string Benchmarks { get; } = Path.GetFullPath(
        Path.Combine(
            AppContext.BaseDirectory, "..", "..", "Remediator.Benchmarks", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')),
            "Remediator.Benchmarks.dll"));

    [Fact]
    public async Task BothEmptyTheirNode()
    {
        var (code, output, error) = await ChildProcess.RunAsync(
            "dotnet", [Benchmarks, "drain", "--small"], new Dictionary<string, string>(), TestContext.Current.CancellationToken);

        Assert.True(code == 0, $"{output}{error}");
        Assert.Contains("ours to kubectl's: time ", output, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
    }
}
