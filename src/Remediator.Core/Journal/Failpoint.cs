namespace Remediator.Core.Journal;

/// <summary>
/// Places where a test may end this process, as <c>kill -9</c> would. The program has nothing that ends it: the tests load that into the
/// processes that they start.
/// </summary>
public static class Failpoint
{
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
        "before-undo-intent-commit",    // it is decided that a step is taken back, and nothing of that is durable
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

    /// <summary>Told of each place that is reached; null in a program as it ships.</summary>
    public static Action<string>? Reached { get; set; }

    public static void Hit(string name) => Reached?.Invoke(name);
}
