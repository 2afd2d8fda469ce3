using System.Diagnostics;
using System.Globalization;

namespace Remediator.Core.Journal;

/// <summary>Places where a test may kill this process, as <c>kill -9</c> would. Without the environment variable they do nothing.</summary>
public static class Failpoint
{
    /// <summary><c>name</c>, or <c>name:N</c> for the N-th time that the place is reached.</summary>
    public const string Variable = "REMEDIATOR_FAILPOINT";

    private static readonly (string? Name, int Hits) Armed = Parse(Environment.GetEnvironmentVariable(Variable));
    private static int _hits;

    public static void Hit(string name)
    {
        if (Armed.Name == name && Interlocked.Increment(ref _hits) == Armed.Hits)
        {
            Process.GetCurrentProcess().Kill();
        }
    }

    internal static (string? Name, int Hits) Parse(string? text) => text?.Split(':') switch
    {
        null or [""] => (null, 0),
        [var name] => (name, 1),
        [var name, var hits] => (name, int.Parse(hits, NumberStyles.None, CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"{Variable}: '{text}' is not 'name' or 'name:N'.")
    };
}
