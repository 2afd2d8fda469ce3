using Remediator.Core.Language;
using Remediator.Journal.Audit;

namespace Remediator.Server.Verbs;

/// <summary>Dead letters as <c>audit list --dead-letters</c> shows them: a line each, however much was sent.</summary>
internal static class DeadLetterTable
{
    private const int LongestText = 120;

    public static void Write(TextWriter output, IReadOnlyList<DeadLetter> letters)
    {
        if (letters.Count == 0)
        {
            output.WriteLine("No dead letters.");
            return;
        }

        output.WriteTable(["LETTER", "RECEIVED", "SOURCE", "REASON", "TEXT"], letters.Select(Cells));
        if (letters.Any(l => l.Text.Length > LongestText))
            output.WriteLine("Longer texts are cut off here; --output json shows them whole.");
    }

    private static string[] Cells(DeadLetter l) =>
        [$"{l.Id}", $"{l.ReceivedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z", l.Source, l.Reason, Excerpt.Of(l.Text, LongestText)];
}
