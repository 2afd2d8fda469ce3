using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Remediator.Server.Verbs;

/// <summary>The usual help, and below it what one would type.</summary>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyList<Verb> verbs) : SynchronousCommandLineAction
{
    public static void Install(RootCommand root, IReadOnlyList<Verb> verbs)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExamples((HelpAction)option.Action!, verbs);
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (verbs.FirstOrDefault(v => v.Command == parseResult.CommandResult.Command) is { Examples: { Count: > 0 } examples })
        {
            output.WriteLine("Examples:");
            foreach (var example in examples)
                output.WriteLine($"  {example}");
        }

        return code;
    }
}
