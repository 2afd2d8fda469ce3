using System.Diagnostics;
using System.Globalization;
using Remediator.Core.Journal;

namespace Remediator.Testing;

/// <summary>Kills a process that a test starts when it comes to a place in the code.</summary>
public static class Failpoints
{
    /// <summary><c>name</c>, or <c>name:N</c> for the N-th time that the place is reached.</summary>
    internal const string Variable = "REMEDIATOR_TEST_FAILPOINT";

    /// <summary>The environment of a process that is to be killed; empty for null.</summary>
    /// <param name="place">As <see cref="Variable"/> has it.</param>
    /// <exception cref="ArgumentException">There is no such place.</exception>
    public static Dictionary<string, string> Environment(string? place) => place is null ? [] : new()
    {
        [Variable] = Parse(place) is var _ ? place : "",
        // the runtime loads this assembly into the process and runs its StartupHook before Main
        ["DOTNET_STARTUP_HOOKS"] = typeof(Failpoints).Assembly.Location,
    };

    public static (string Name, int Hits) Parse(string place) => place.Split(':') switch
    {
        [var name, ..] when !Failpoint.Names.Contains(name) =>
            throw new ArgumentException($"There is no failpoint '{name}'; there are {string.Join(", ", Failpoint.Names)}."),
        [var name] => (name, 1),
        [var name, var hits] when int.TryParse(hits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 => (name, n),
        _ => throw new ArgumentException($"'{place}' is not 'name' or 'name:N' with N from 1."),
    };

    internal static void Arm(string place)
    {
        var (armed, at) = Parse(place);
        var hits = 0;
        Failpoint.Reached = name =>
        {
            if (name == armed && Interlocked.Increment(ref hits) == at)
                Process.GetCurrentProcess().Kill();
        };
    }
}
