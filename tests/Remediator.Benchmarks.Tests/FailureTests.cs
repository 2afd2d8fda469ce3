using Remediator.Testing;

namespace Remediator.Benchmarks.Tests;

/// <summary>A benchmark ends with 1, and says what did not happen.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("benchmarks-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("reaction")]
    [InlineData("incidents")]
    [InlineData("storm")]
    [InlineData("history")]
    public async Task ProgramThatEndsAtOnce_IsNamed(string name)
    {
        var ran = await BenchmarkProgram.RunAsync(name, Token, "/bin/false");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains($"{name} measured nothing: /bin/false ended with 1 before it listened.", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reaction_OfAProgramThatOnlyObserves_CountsWhatWasActedOn()
    {
        var ran = await BenchmarkProgram.RunAsync("reaction", Token, Script($"exec {RemediatorProgram.File} \"${{@/#auto/observe}}\""));

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains(
            "still missing: 10 evictions, one for each alert.\n0 of 10 workloads were acted on.", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storm_OfAProgramThatForgetsAtItsRestart_CountsWhatIsLeft()
    {
        var ran =
            await BenchmarkProgram.RunAsync("storm", Token, Script($"rm -f \"$3\"/journal.db*\nexec {RemediatorProgram.File} \"$@\""));

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains(
            "storm measured nothing: 100 resources had an open incident before the restart, and ", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BenchmarkThatIsNotThere_IsWrongUsage() =>
        Assert.Equal(2, (await BenchmarkProgram.RunAsync("reactoin", Token)).ExitCode);

    public void Dispose() => _folder.Delete(recursive: true);

    private string Script(string text)
    {
        var file = Path.Combine(_folder.FullName, "program");
        File.WriteAllText(file, $"#!/usr/bin/env bash\n{text}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }
}
