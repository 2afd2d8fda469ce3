using System.CommandLine;
using System.CommandLine.Invocation;
using Remediator.Core.Journal;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

/// <summary>The one program and its verbs; without a verb it serves.</summary>
internal static class CommandTree
{
    private const string About = """
        Remediator repairs what Alertmanager reports, and can show why it did everything it did.

        Without a verb it serves. A new installation only observes: it journals what it would do.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Build().Parse(args);
        if (parsed.Action is ParseErrorAction fault)
            fault.ShowHelp = false;
        var configuration = new InvocationConfiguration
        {
            // serve ends by itself when it is told to, and takes the time that it needs
            ProcessTerminationTimeout = parsed.CommandResult.Command.Name is ServeVerb.Name or "remediator"
                ? null
                : TimeSpan.FromSeconds(2),
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            var code = await parsed.InvokeAsync(configuration);
            return parsed.Errors.Count > 0 ? ExitCodes.Cannot : code;
        }
        catch (VerbException e)
        {
            foreach (var message in e.Messages)
                await Console.Error.WriteLineAsync($"remediator: {message}");
            return ExitCodes.Cannot;
        }
        catch (Exception e) when (e is StoreUnavailableException or FormatException)
        {
            await Console.Error.WriteLineAsync($"remediator: {e.Message}");
            return ExitCodes.Cannot;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Cannot;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"remediator: an unexpected error; please report it with these lines: {e}");
            return ExitCodes.Cannot;
        }
    }

    internal static RootCommand Build()
    {
        var common = new CommonOptions();
        var serve = ServeVerb.Create(common);
        Verb[] verbs =
        [
            serve, CheckVerb.CreateCheck(common), CheckVerb.CreateTest(common), .. AuditVerb.Create(common),
            .. IncidentVerbs.Create(common),
            PauseVerbs.CreatePause(common), PauseVerbs.CreateResume(common), RetryVerb.Create(common), StatusVerb.Create(common),
            RecordVerb.Create(common), PromoteVerb.Create(common), .. TokenVerbs.Create(common), PermissionsVerb.Create(common),
        ];
        var root = new RootCommand(About) { Action = serve.Command.Action };
        common.AddTo(root);
        foreach (var verb in verbs.Where(v => !v.Command.Parents.Any()))
            root.Subcommands.Add(verb.Command);
        foreach (var option in serve.Command.Options)
            root.Options.Add(option);
        HelpWithExamples.Install(root, [.. verbs, new Verb(root, "remediator", "remediator serve --mode approve")]);
        return root;
    }
}

internal sealed record Verb(Command Command, params IReadOnlyList<string> Examples);
