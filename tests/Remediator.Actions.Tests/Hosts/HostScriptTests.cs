using System.Text.Json.Nodes;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

public sealed class HostScriptTests
{
    public static TheoryData<string> Scripts { get; } = [.. typeof(HostScript).Assembly.GetManifestResourceNames()
        .Where(n => n.EndsWith(".sh", StringComparison.Ordinal) && n is not ("common.sh" or "run.sh"))];

    [Theory]
    [MemberData(nameof(Scripts))]
    [Trait("Needs", "Hosts")]
    public async Task Shellcheck_FindsNothing(string file)
    {
        var (code, said) = await RunAsync(
            "shellcheck", ["--shell=sh", "--exclude=SC2317", "-"], new HostScript(file).With("one", "two", "three"));

        Assert.True(code == 0, said);
    }

    [Fact]
    [Trait("Needs", "Hosts")]
    public async Task Shellcheck_FindsNothingInTheDocumentOfSystemsManager()
    {
        var lines = JsonNode.Parse(SystemsManagerDocument.Content)!["mainSteps"]![0]!["inputs"]!["runCommand"]!.AsArray();

        var (code, said) = await RunAsync("shellcheck", ["--shell=sh", "-"], string.Join('\n', lines.Select(l => (string)l!)) + "\n");

        Assert.True(code == 0, said);
    }

    [Fact]
    [Trait("Needs", "Hosts")]
    public async Task Shellcheck_FindsNothingInTheProgramThatGrows()
    {
        var (code, said) = await RunAsync("shellcheck", ["--shell=sh", "-"], GrowHelper.Text);
        Assert.True(code == 0, said);
    }

    /// <summary>A program that counts on its limit breaks above it, and nobody sees from outside which ones do.</summary>
    [Theory]
    [MemberData(nameof(Scripts))]
    public void NoLimitIsRaised(string file) =>
        Assert.DoesNotMatch(@"\b(prlimit|ulimit|setrlimit|sysctl -w|LimitNOFILE=)", new HostScript(file).Body);

    /// <summary>A connection may be cut anywhere: the shell has read all of it, or runs nothing.</summary>
    [Fact]
    public async Task HalfAScript_DoesNothing()
    {
        var whole = new HostScript("any.sh", () => "echo \"ran with $# of $1\"").With("a", "b c", "d");
        Assert.Equal((0, "ran with 3 of a\n"), await RunAsync("/bin/sh", ["-s"], whole));

        foreach (var length in Enumerable.Range(0, whole.Length - 2).Where(n => n > whole.Length - 60 || n % 53 == 0))
            Assert.DoesNotContain("ran with", (await RunAsync("/bin/sh", ["-s"], whole[..length])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnArgumentWithANul_IsRefused() =>
        Assert.Equal(FailureKind.Permanent, Assert.Throws<ActionFailedException>(() => new HostScript("identity.sh").With("a\0b")).Kind);

    [Theory]
    [InlineData("end\n", 0)]
    [InlineData("a\tb\nend\n", 1)]
    [InlineData("a\tb\nc\nend\n", 2)]
    [InlineData("", null)]
    [InlineData("end", null)]
    [InlineData("a\tb\nthe end\n", null)]
    [InlineData("a\tb\nend\nmore\n", null)]
    public void AnAnswer_IsWholeWithItsLastLine(string text, int? lines) => Assert.Equal(lines, HostAnswer.Parse(text)?.Lines.Count);

    private static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, string input)
    {
        var (code, output, errors) = await Programs.RunAsync(program, arguments, input);
        return (code, output + errors);
    }
}
