using Remediator.Journal.Audit;
using Remediator.Server.Verbs;

namespace Remediator.Server.Tests.Verbs;

public sealed class DeadLetterTableTests
{
    [Fact]
    public void MegabyteThatWasSent_IsCutOffOnTheScreen_AndItIsSaidHowToSeeItWhole() => Assert.Equal(
        $"""
        LETTER  RECEIVED              SOURCE        REASON                            TEXT
        2       2026-11-27 02:48:59Z  alertmanager  its label 'x' has 1000000 bytes   {new string('y', 120)}…
        1       2026-11-27 02:48:59Z  alertmanager  The body is not an alert at all.  null
        Longer texts are cut off here; --output json shows them whole.

        """,
        Table(
            Letter(2, "its label 'x' has 1000000 bytes", new string('y', 1_000_000)),
            Letter(1, "The body is not an alert at all.", "null")));

    [Fact]
    public void WithoutAny_ItIsSaid() => Assert.Equal($"No dead letters.{Environment.NewLine}", Table());

    private static DeadLetter Letter(long id, string reason, string text)
    {
        var at = new DateTimeOffset(2026, 11, 27, 2, 48, 59, TimeSpan.Zero);
        return new(id, text, "alertmanager", "", at, 0, at, reason);
    }

    private static string Table(params DeadLetter[] letters)
    {
        var output = new StringWriter();
        DeadLetterTable.Write(output, letters);
        return output.ToString();
    }
}
