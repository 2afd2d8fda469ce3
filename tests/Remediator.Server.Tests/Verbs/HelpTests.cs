using Remediator.Server.CommandLine;
using Remediator.Server.Verbs;

namespace Remediator.Server.Tests.Verbs;

public sealed class HelpTests
{
    public static TheoryData<string> Verbs => [.. CommandTree.Build().Subcommands.Select(c => c.Name), ""];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_Teaches_ByDescriptionsAndExamples(string verb)
    {
        var output = new StringWriter();

        var code = CommandTree.Build().Parse($"{verb} --help").Invoke(new() { Output = output });

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Description:", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"Examples:{Environment.NewLine}  ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryOption_SaysWhatItIs() => Assert.All(
        CommandTree.Build().Subcommands.SelectMany(c => c.Options).Concat(CommandTree.Build().Options),
        o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"{o.Name} has no description"));
}
