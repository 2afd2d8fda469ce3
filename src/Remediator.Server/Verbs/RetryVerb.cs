using System.CommandLine;

namespace Remediator.Server.Verbs;

internal static class RetryVerb
{
    public static Verb Create(CommonOptions common)
    {
        var letter = new Argument<long>("LETTER") { Description = "Its number in 'remediator audit list --dead-letters'." };
        var command = new Command("retry", "Put a dead letter back into the inbox, once the cause is fixed.") { letter };
        return new(
            OperatorVerb.Sends(command, common, parsed => ($"/api/v1/dead-letters/{parsed.GetRequiredValue(letter)}/retry", new { })),
            "remediator retry 7");
    }
}
