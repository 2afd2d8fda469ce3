using System.CommandLine;
using Remediator.Core.Playbooks;

namespace Remediator.Server.Verbs;

internal static class PromoteVerb
{
    public static Verb Create(CommonOptions common)
    {
        var playbook = new Argument<string>("PLAYBOOK") { Description = "Its name." };
        var to = new Option<Mode>("--to") {
            HelpName = "MODE",
            Description = "The most that it may do: observe, approve or auto. Its file and the settings can be stricter.",
            DefaultValueFactory = _ => Mode.Auto };
        to.AcceptOnlyFromAmong("observe", "approve", "auto");
        return OperatorVerb.Create(
            common,
            new Command("promote", "Raise a playbook that was lowered because of its record. Look at that first: remediator record.")
                { playbook, to },
            parsed =>
                ($"/api/v1/playbooks/{Uri.EscapeDataString(parsed.GetRequiredValue(playbook))}/promote", parsed.GetValue(to).ToString()),
            "remediator promote restart-loop --reason \"the readiness probe is mended\"");
    }
}
