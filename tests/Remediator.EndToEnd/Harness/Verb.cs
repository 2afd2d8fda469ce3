namespace Remediator.EndToEnd.Harness;

/// <summary>Verbs of the program, which say with code 2 that something that they need does not answer.</summary>
internal static class Verb
{
    private const int Cannot = 2;

    /// <summary>As <c>PostgresFaults</c>, <c>SqliteFaults</c> and <c>ServerClient</c> tell it.</summary>
    internal static readonly string[] Unanswered =
    [
        "does not answer. Is it overloaded", "cannot be reached: ", " was cut: ", "is too slow: a statement", "has no connection left",
        "is stopping, starting or was restarted", "is locked by another program", "There is no server at", "did not answer within",
    ];

    /// <summary>Runs a verb again until what it asks has answered, as a person does.</summary>
    /// <param name="run">Once. That it cannot be run means the same.</param>
    public static async Task<(int Code, string Output)> AnsweredAsync(
        IEnumerable<string> arguments, Func<Task<(int Code, string Output)>> run) =>
        (await Wait.ForAsync<Answer>(
            $"an answer to '{string.Join(' ', arguments)}'",
            async () =>
            {
                var (code, output) = await run();
                return IsUnanswered(code, output) ? throw new NotThereYetException(output) : new(code, output);
            },
            TestContext.Current.CancellationToken)).Pair;

    public static bool IsUnanswered(int code, string output) =>
        code == Cannot && Unanswered.Any(sentence => output.Contains(sentence, StringComparison.Ordinal));

    private sealed record Answer(int Code, string Output)
    {
        public (int, string) Pair => (Code, Output);
    }
}
