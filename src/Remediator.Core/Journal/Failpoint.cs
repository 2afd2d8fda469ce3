using System.Diagnostics;
using System.Globalization;

namespace Remediator.Core.Journal;

/// <summary>Places where a test may kill this process, as <c>kill -9</c> would. Without the environment variable they do nothing.</summary>
public static class Failpoint
{
    /// <summary><c>name</c>, or <c>name:N</c> for the N-th time that the place is reached.</summary>
    public const string Variable = "REMEDIATOR_FAILPOINT";

    /// <summary>All there are, in the order of an alert's way; a test compares them with the places in the code.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "after-inbox-commit",           // alerts are durable, and their sender has no answer yet
        "after-decision-commit",        // events are durable, and nothing was done about them yet
        "after-intent-commit",          // an act is durable as intended, and nobody has begun it
        "before-move-is-told",          // an alert is at its new place, and the old one has not heard of it
        "before-call",                  // the act begins
        "after-effect-before-outcome",  // the target has changed, and the journal does not know
        "after-began-commit",           // an act is known to go on, and nobody has looked at it
        "before-progress",              // a look has seen how far it is, and the journal does not know
        "after-push-intent-commit",     // an act is to be applied again, and nobody has begun that
        "after-end-before-outcome",     // a look has seen its end, and the journal does not know
        "after-cancel-intent-commit",   // an act is to be ended early, and nobody has begun that
        "after-cancel-before-outcome",  // it is ended, and the journal does not know
        "after-undo-intent-commit",     // taking back is durable as intended, and nobody has begun it
        "after-undo-before-outcome",    // the target is as it was, and the journal does not know
        "after-page-is-held",           // Alertmanager pages nobody, and the journal does not know
        "during-verification",
        "during-escalation",            // the journal has handed it to people, and they have not been told
        "mid-group-commit",             // some transactions of a group are written, none is committed
        "after-commit",                 // any group is durable, and none of its writers knows
        "during-reload",                // new definitions are found good, and the old ones are in force
        "during-shutdown",              // asked to stop, in several places on the way
    ];

    private static readonly (string? Name, int Hits) Armed = Fault is null ? Parse(Environment.GetEnvironmentVariable(Variable)) : default;
    private static int _hits;

    /// <summary>What is wrong with the variable; null when nothing is.</summary>
    public static string? Fault => FaultOf(Environment.GetEnvironmentVariable(Variable));

    public static void Hit(string name)
    {
        if (Armed.Name == name && Interlocked.Increment(ref _hits) == Armed.Hits)
        {
            Process.GetCurrentProcess().Kill();
        }
    }

    internal static string? FaultOf(string? text)
    {
        try
        {
            return Parse(text).Name is not { } name || Names.Contains(name)
                ? null
                : $"{Variable}: there is no failpoint '{name}'; there are {string.Join(", ", Names)}.";
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    internal static (string? Name, int Hits) Parse(string? text) => text?.Split(':') switch
    {
        null or [""] => (null, 0),
        [var name] => (name, 1),
        [var name, var hits] when int.TryParse(hits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 => (name, n),
        _ => throw new FormatException($"{Variable}: '{text}' is not 'name' or 'name:N' with N from 1."),
    };
}
