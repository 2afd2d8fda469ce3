using System.CommandLine;
using Remediator.Core.Incidents;

namespace Remediator.Server.Verbs;

internal static class RetryVerb
{
    public static Verb Create(CommonOptions common)
    {
        var letter = new Argument<long>("LETTER") { Description = "Its number in 'remediator audit list --dead-letters'." };
        var server = ServerClient.ServerOption();
        var command = new Command("retry", "Put a dead letter back into the inbox, once what it failed on is mended.") { letter, server, common.Output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = ServerClient.Create(common.Settings(parsed), parsed.GetValue(server));
            var result = await client.PostAsync<CommandResult>($"/api/v1/dead-letters/{parsed.GetRequiredValue(letter)}/retry", new { }, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(result);
            else
                output.WriteLine(result.Message);
            return result.Done ? ExitCodes.Ok : ExitCodes.Findings;
        });
        return new(command, "remediator retry 7");
    }
}
