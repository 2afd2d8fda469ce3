using System.CommandLine;
using Remediator.Core.Language;
using Remediator.Core.Pauses;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

/// <summary><c>pause</c> stops changes of a scope, <c>resume</c> lets them go on.</summary>
internal static class PauseVerbs
{
    public static Verb CreatePause(CommonOptions common)
    {
        var reason = new Option<string>("--reason")
            { HelpName = "TEXT", Description = "Why, for people who find it paused; journalled.", Required = true };
        var duration = new Option<string?>("--for")
            { HelpName = "TIME", Description = "How long, such as 2h or 3d. Default: until somebody resumes it." };
        var (command, scope) = Create(
            "pause",
            "Stop changes, everywhere or in a scope. Changes in flight are completed. If the server does not answer, create "
                + "a file 'paused' in its data folder.");
        command.Options.Add(reason);
        command.Options.Add(duration);
        return new(
            OperatorVerb.Sends(
                command,
                common,
                parsed => (
                    "/api/v1/pauses",
                    new { Scope = scope.Of(parsed), Reason = parsed.GetValue(reason), Until = Until(parsed.GetValue(duration)) })),
            "remediator pause --reason \"moving the database\" --for 2h",
            "remediator pause --namespace shop --reason \"big sale\" --for 3d",
            "remediator pause --resource deployment/shop/api --reason \"being debugged\"");
    }

    public static Verb CreateResume(CommonOptions common)
    {
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "Why; journalled." };
        var (command, scope) = Create("resume", "End a pause: the one of everything, or the one of the scope that was paused.");
        command.Options.Add(reason);
        return new(
            OperatorVerb.Sends(
                command, common, parsed => ("/api/v1/pauses/resume", new { Scope = scope.Of(parsed), Reason = parsed.GetValue(reason) })),
            "remediator resume",
            "remediator resume --namespace shop --reason \"the sale is over\"");
    }

    private static (Command Command, ScopeOptions Scope) Create(string name, string description)
    {
        var scope = new ScopeOptions();
        var command = new Command(name, description);
        scope.AddTo(command);
        return (command, scope);
    }

    private static DateTimeOffset? Until(string? duration)
    {
        if (duration is null)
            return null;
        return Duration.TryParse(duration, out var time) && time > TimeSpan.Zero
            ? TimeProvider.System.GetUtcNow() + time
            : throw new VerbException($"--for is '{duration}'; {Duration.Expected}.");
    }

    /// <summary>At most one of them; without any, everything.</summary>
    private sealed class ScopeOptions
    {
        private readonly Option<string?>[] _options =
        [
            new("--cluster") { HelpName = "NAME", Description = "Only this cluster." },
            new("--namespace") { HelpName = "NAME", Description = "Only this namespace." },
            new("--resource") {
                HelpName = "KIND/NAMESPACE/NAME",
                Description = "Only this resource; KIND/NAME where it has no namespace." },
            new("--playbook") { HelpName = "NAME", Description = "Only this playbook." },
        ];

        public void AddTo(Command command)
        {
            foreach (var option in _options)
                command.Options.Add(option);
        }

        /// <exception cref="VerbException">There is more than one, or it is none.</exception>
        public string Of(ParseResult parsed)
        {
            var typed = _options.Select(o => (Sort: o.Name[2..], Name: parsed.GetValue(o))).Where(o => o.Name is not null).ToList();
            if (typed.Count > 1)
                throw new VerbException($"One scope at a time: --{typed[0].Sort} or --{typed[1].Sort}.");

            var text = typed is [var (sort, name)] ? $"{sort} {name}" : PauseScope.EverythingSort;
            return PauseScope.TryParse(text, out var scope, out var fault) ? scope.ToString() : throw new VerbException(fault);
        }
    }
}
