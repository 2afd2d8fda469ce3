using System.CommandLine;
using Remediator.Core.Language;
using Remediator.Server.Access;
using Remediator.Server.Api;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

/// <summary><c>token create</c>, <c>list</c> and <c>revoke</c>.</summary>
internal static class TokenVerbs
{
    public static IEnumerable<Verb> Create(CommonOptions common)
    {
        Verb[] verbs = [Make(common), List(common), Revoke(common)];
        var command = new Command(
            "token", "Create, list and revoke tokens of people and tools. Needs the role admin, which the file operator.token has.");
        foreach (var verb in verbs)
            command.Subcommands.Add(verb.Command);
        return [new(command, "remediator token create ada --role approver --expires 90d", "remediator token list"), .. verbs];
    }

    private static Verb Make(CommonOptions common)
    {
        var name = new Argument<string>("NAME") { Description = "The owner's name, which the journal records for everything "
            + "done with the token. One name is one person, however many tokens it has." };
        var role = new Option<string>("--role") {
            HelpName = "ROLE",
            Description = "viewer, operator (pauses), approver (approves steps) or admin (promotes, creates tokens).",
            Required = true };
        role.AcceptOnlyFromAmong([.. Enum.GetNames<Role>().Select(r => r.ToLowerInvariant())]);
        var expires = new Option<string>("--expires")
            { HelpName = "TIME", Description = "How long it is valid, such as 12h or 90d; 366d at most.", DefaultValueFactory = _ =>
                "90d" };
        var server = new ServerClient.Options(common);
        var command = new Command("create", "Create a token and print it. It cannot be shown again: only its hash is stored.")
            { name, role, expires };
        server.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!Duration.TryParse(parsed.GetValue(expires), out var life))
                throw new VerbException($"--expires is '{parsed.GetValue(expires)}'; {Duration.Expected}.");

            using var client = server.Connect(parsed);
            var made = await client.PostAsync<TokenAnswer>(
                "/api/v1/tokens",
                new { Name = parsed.GetValue(name), Role = parsed.GetValue(role), Days = life.TotalDays },
                cancellationToken);
            var output = parsed.InvocationConfiguration;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
            {
                output.Output.WriteJson(made);
            }
            else
            {
                // the token alone on stdout, so that it can be put into a file
                output.Error.WriteLine(made.Message);
                if (made.Token is not null)
                    output.Output.WriteLine(made.Token);
            }

            return made.Done ? ExitCodes.Ok : ExitCodes.Findings;
        });
        return new(
            command, "remediator token create ada --role approver --expires 90d",
            "(umask 077; remediator token create deploy-bot --role operator > deploy-bot.token)");
    }

    private static Verb List(CommonOptions common)
    {
        var server = new ServerClient.Options(common);
        var command = new Command("list", "List the valid tokens: owner, role, who created them, and when they expire.");
        server.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = server.Connect(parsed);
            var tokens = await client.GetAsync<IReadOnlyList<TokenLine>>("/api/v1/tokens", cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(tokens);
            else if (tokens.Count == 0)
                output.WriteLine("No tokens. The file operator.token is the only credential.");
            else
                output.WriteTable(
                    ["TOKEN", "NAME", "ROLE", "CREATED", "BY", "EXPIRES"],
                    tokens.Select(t => (string[])[t.Id, t.Name, t.Role, $"{t.CreatedAt:u}", t.CreatedBy, $"{t.ExpiresAt:u}"]));
        });
        return new(command, "remediator token list");
    }

    private static Verb Revoke(CommonOptions common)
    {
        var token = new Argument<string>("TOKEN|NAME")
            { Description = "The id of one token, or a name to revoke all tokens of that name." };
        return OperatorVerb.Create(
            common, new Command("revoke", "Revoke a token, on all replicas at once.") { token },
            parsed => ($"/api/v1/tokens/{Uri.EscapeDataString(parsed.GetRequiredValue(token))}/revoke", null),
            "remediator token revoke 3fa94c21", "remediator token revoke ada --reason \"left the team\"");
    }
}
