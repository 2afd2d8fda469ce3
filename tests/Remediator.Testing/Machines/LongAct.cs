using Remediator.Core.Actions;

namespace Remediator.Testing.Machines;

/// <summary>How an act goes on there.</summary>
public enum Course
{
    /// <summary>By itself, to its end.</summary>
    Steady,
    /// <summary>To the middle, and further once it is pushed.</summary>
    Halting,
    /// <summary>It never ends by itself.</summary>
    Stalling,
}

/// <summary>Somebody has asked for it.</summary>
/// <param name="By">Who.</param>
public sealed record Asked(DateTimeOffset At, string By);

/// <summary>
/// What somebody has begun there. Each request to begin makes another one: nothing but the caller's care keeps it from two.
/// </summary>
/// <param name="Within">What it says of its time, in seconds of a playbook.</param>
public sealed record LongAct(string Handle, string ActionId, string Space, Course Course, TimeSpan Within, Asked Begun)
{
    /// <summary>The first half is over.</summary>
    public bool IsHalf { get; init; }

    public IReadOnlyList<Asked> Pushes { get; init; } = [];

    public IReadOnlyList<Asked> Cancels { get; init; } = [];

    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>When it was ended before it was done.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    public bool IsOver => DoneAt is not null || CancelledAt is not null;

    public ActStatus Status => this switch
    {
        { CancelledAt: not null } => new(ActState.Failed, "it was ended before it was done"),
        { DoneAt: not null } => new(ActState.Done, "the new machine has taken over"),
        { IsHalf: true, Course: Course.Halting, Pushes.Count: 0 } =>
            new(ActState.InProgress, "the old machine holds two pods") { NeedsPush = true },
        { IsHalf: true, Course: Course.Stalling } => new(ActState.InProgress, "the old machine does not end"),
        { IsHalf: true } => new(ActState.InProgress, "the new machine is InService"),
        _ => new(ActState.InProgress, "the new machine is Pending"),
    };
}
