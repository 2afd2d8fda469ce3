namespace Remediator.Benchmarks.Tests;

/// <summary>Each benchmark in its small form: what it measures still happens.</summary>
public sealed class SmallFormTests
{
    private const string Postgres = "Postgres";

    /// <summary>The scenarios end to end run what needs a cluster: this project runs while none is up yet.</summary>
    private const string OfEndToEnd = "Cluster";

    public static IEnumerable<TheoryDataRow<string>> WithoutDatabase => Rows(null);

    public static IEnumerable<TheoryDataRow<string>> WithDatabase => Rows(Postgres);

    [Theory, MemberData(nameof(WithoutDatabase))]
    public Task Benchmark_StillMeasures(string name) => MeasuresAsync(name);

    [Theory, MemberData(nameof(WithDatabase)), Trait("Needs", "Postgres")]
    public Task Benchmark_OnPostgres_StillMeasures(string name) => MeasuresAsync(name);

    [Fact]
    public void Benchmarks_NeedNothingElse_OrNobodyWouldRunThem() =>
        Assert.All(Benchmark.All, b => Assert.True(b.Needs is null or Postgres or OfEndToEnd, $"{b.Name} needs {b.Needs}."));

    private static IEnumerable<TheoryDataRow<string>> Rows(string? needs) =>
        Benchmark.All.Where(b => b.Needs == needs).Select(b => new TheoryDataRow<string>(b.Name));

    private static async Task MeasuresAsync(string name)
    {
        var ran = await BenchmarkProgram.RunAsync(name, TestContext.Current.CancellationToken);
        Assert.True(ran.ExitCode == 0, $"{ran.Output}{ran.Error}");
        Assert.NotEmpty(ran.Output);
        TestContext.Current.TestOutputHelper?.WriteLine(ran.Output);
    }
}
