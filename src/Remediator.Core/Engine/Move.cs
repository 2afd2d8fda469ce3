using Remediator.Core.Events;

namespace Remediator.Core.Engine;

/// <summary>What an incident does next: something happens at once, or it waits for a job, or for a time.</summary>
/// <param name="Events">When there are any, they are applied and the incident is asked again.</param>
/// <param name="Until">When to look again at the latest.</param>
public sealed record Move(IReadOnlyList<Event> Events, Job? Job, DateTimeOffset? Until)
{
    /// <summary>A guard, or something else, says no. Its event is in the journal already.</summary>
    public bool Holds { get; private init; }

    public static Move Happens(params IReadOnlyList<Event> events) => new(events, null, null);

    public static Move WaitsFor(Job job, DateTimeOffset lookAgain) => new([], job, lookAgain);

    public static Move WaitsUntil(DateTimeOffset time) => new([], null, time);

    public static Move HoldsUntil(DateTimeOffset time) => new([], null, time) { Holds = true };

    /// <summary>What the first check says that has something to say; null where none has.</summary>
    internal static Move? FirstOf<T>(IReadOnlyList<Func<T, Move?>> checks, T about)
    {
        foreach (var check in checks)
        {
            if (check(about) is { } move)
            {
                return move;
            }
        }

        return null;
    }
}
