using System.CommandLine;
using Remediator.Core.Commands;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

/// <summary>A verb by which a person tells the running server something and reads what came of it.</summary>
internal static class OperatorVerb
{
    private static Option<string?> ReasonOption() => new("--reason") { HelpName = "TEXT", Description = "Why; journalled." };

    /// <summary>About an incident.</summary>
    public static Verb OfIncident(CommonOptions common, string name, string description, params string[] examples)
    {
        var incident = IncidentArgument();
        return Create(common, new Command(name, description) { incident }, parsed => ($"{Path(parsed, incident)}/{name}", null), examples);
    }

    /// <param name="what">Path, and the word that was chosen where there is a choice.</param>
    public static Verb Create(
        CommonOptions common, Command command, Func<ParseResult, (string Path, string? Word)> what, params string[] examples)
    {
        var reason = ReasonOption();
        command.Options.Add(reason);
        return new(Sends(command, common, parsed =>
        {
            var (path, word) = what(parsed);
            return (path, new { Reason = parsed.GetValue(reason), Word = word });
        }), examples);
    }

    public static Argument<string> IncidentArgument() =>
        new("INCIDENT") { Description = "The incident's id, or enough of its first characters to be unique." };

    public static string Path(ParseResult parsed, Argument<string> incident) =>
        $"/api/v1/incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(incident))}";

    /// <returns>The command, which posts this and prints the answer.</returns>
    public static Command Sends(Command command, CommonOptions common, Func<ParseResult, (string Path, object Body)> request)
    {
        var server = new ServerClient.Options(common);
        server.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (path, body) = request(parsed);
            using var client = server.Connect(parsed);
            var result = await client.PostAsync<CommandResult>(path, body, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(result);
            else
                output.WriteLine(result.Message);
            return result.Done ? ExitCodes.Ok : ExitCodes.Findings;
        });
        return command;
    }
}
