namespace Remediator.Benchmarks;

/// <param name="Program">The program to measure.</param>
/// <param name="Small">Seconds instead of minutes: its numbers say nothing, but everything that is measured has to happen.</param>
/// <param name="Arguments">What else was typed.</param>
internal sealed record BenchmarkRun(string Program, bool Small, IReadOnlyList<string> Arguments)
{
    public T Size<T>(T full, T small) => Small ? small : full;

    public static void Say(string text) => Console.WriteLine(text);

    /// <exception cref="BenchmarkFailedException">It did not happen, so there is nothing to measure.</exception>
    public static void Require(bool happened, string otherwise)
    {
        if (!happened)
            throw new BenchmarkFailedException(otherwise);
    }
}

/// <summary>What a benchmark measures did not happen.</summary>
internal sealed class BenchmarkFailedException(string message) : Exception(message);
