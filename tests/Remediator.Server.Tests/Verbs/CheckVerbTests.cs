using Remediator.Server.CommandLine;
using Remediator.Server.Verbs;

namespace Remediator.Server.Tests.Verbs;

public sealed class CheckVerbTests : IDisposable
{
    private const string Broken = """
        - rule: one
          when: ['container{crashin="true"}']
          alert: X
          run: nothing-like-it
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void ShippedDefinitions_AreRight_AndTheirTestsPass()
    {
        var (code, output) = Run("check");

        Assert.Matches("files are correct, revision [0-9a-f]{12}; [0-9]+ tests passed, 0 failed\n$", output);
        Assert.Equal(ExitCodes.Ok, code);
    }

    [Fact]
    public void ShippedDefinitions_AreRightWithOurOwnRuleEngineToo()
    {
        var (code, output) = Run("check", "--set", "Engine:Rules=native");

        Assert.EndsWith(" tests passed, 0 failed\n", output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, code);
    }

    [Fact]
    public void Mistakes_AreNamedWithTheirPlace_AndGiveExitCode1()
    {
        WriteRules("broken.yaml", Broken);

        var (code, output) = Run("check", _folder.Path);

        Assert.Equal(ExitCodes.Findings, code);
        Assert.Contains($"{_folder.File("rules/broken.yaml")}:", output, StringComparison.Ordinal);
        Assert.Matches("\n[0-9]+ faults? in [0-9]+ files?\n$", output);
    }

    [Fact]
    public void OneFile_IsToldAboutAlone()
    {
        WriteRules("broken.yaml", Broken);
        WriteRules("other.yaml", Broken.Replace("one", "two", StringComparison.Ordinal));

        var (_, output) = Run("check", _folder.File("rules/broken.yaml"));

        Assert.Contains("rules/broken.yaml:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("rules/other.yaml:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("policy.yaml")]
    public void Policy_IsCheckedWithTheFolderOrByItself(string path)
    {
        WriteRules("right.yaml", "rules: []\n");
        File.WriteAllText(_folder.File("policy.yaml"), "limits:\n  - at_once: none\n");

        var (code, output) = Run("check", path.Length == 0 ? _folder.Path : _folder.File(path));

        Assert.Equal(ExitCodes.Findings, code);
        Assert.StartsWith($"{_folder.File("policy.yaml")}:2:14: 'at_once' is 'none'; expected", output, StringComparison.Ordinal);
    }

    [Fact]
    public void PathThatIsNotThere_CannotBeChecked()
    {
        var e = Assert.Throws<VerbException>(() => Run("check", _folder.File("nowhere")));

        Assert.Equal([$"There is no file or folder '{_folder.File("nowhere")}'."], e.Messages);
    }

    [Fact]
    public void Test_NamesEveryTest()
    {
        var (code, output) = Run("test");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("passed  ", output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void WriteRules(string name, string text)
    {
        Directory.CreateDirectory(_folder.File("rules"));
        File.WriteAllText(_folder.File($"rules/{name}"), text);
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        var output = new StringWriter();
        var code = CommandTree.Build().Parse(arguments).Invoke(new() { Output = output, EnableDefaultExceptionHandler = false });
        return (code, output.ToString());
    }
}
