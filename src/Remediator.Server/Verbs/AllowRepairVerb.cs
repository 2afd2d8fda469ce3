using System.CommandLine;
using Remediator.Core.Incidents;

namespace Remediator.Server.Verbs;

internal static class AllowRepairVerb
{
    public static Verb Create(CommonOptions common)
    {
        var incident = new Argument<string>("INCIDENT") { Description = "Its id, or a beginning of it that no other has." };
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "Why; it is journalled." };
        var actor = new Option<string>("--as") { HelpName = "NAME", Description = "Who allows it; journalled. Default: your user name.", DefaultValueFactory = _ => Environment.UserName };
        var server = ServerClient.ServerOption();
        var command = new Command("allow-repair", "Let a problem be repaired again whose repairs were stopped because they did not last.") { incident, reason, actor, server, common.Output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = ServerClient.Create(common.Settings(parsed), parsed.GetValue(server));
            var path = $"/api/v1/incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(incident))}/allow-repair";
            var result = await client.PostAsync<CommandResult>(path, new { Actor = parsed.GetValue(actor), Reason = parsed.GetValue(reason) }, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(result);
            else
                output.WriteLine(result.Message);
            return result.Done ? ExitCodes.Ok : ExitCodes.Findings;
        });
        return new(command, "remediator allow-repair 01k8x2", "remediator allow-repair 01k8x2 --reason \"the leak is fixed in release 42\"");
    }
}
