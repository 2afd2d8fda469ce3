using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Resources;
using Remediator.Testing.Kubernetes;
using Remediator.Testing.Machines;

namespace Remediator.Crash.Tests.Histories;

/// <summary>An alert of a post that was answered with 200.</summary>
internal sealed record AcceptedAlert(string Fingerprint, DateTimeOffset StartsAt, AlertStatus Status, string About);

/// <summary>An entry of the journal, read back.</summary>
internal sealed record Entry(long Sequence, ResourceKey Resource, long Version, string? Incident, DateTimeOffset At, Event Event);

/// <summary>People were told of an incident, and took it.</summary>
internal sealed record Heard(string Incident, bool Closing);

/// <summary>What is left in the store after the end.</summary>
/// <param name="Faults">What the check of the whole journal found.</param>
internal sealed record Remains(
    long InboxWaiting, IReadOnlyList<string> DeadLetters, IReadOnlyList<string> Permits, IReadOnlyList<string> Faults)
{
    public static Remains None { get; } = new(0, [], [], []);
}

/// <summary>What was told to the engine, what it wrote, what it did, and whom it told: each from the side that knows.</summary>
internal sealed record History
{
    public IReadOnlyList<AcceptedAlert> Accepted { get; init; } = [];
    /// <summary>In the order of the journal.</summary>
    public IReadOnlyList<Entry> Entries { get; init; } = [];
    /// <summary>As the target counts them.</summary>
    public IReadOnlyList<Effect> Effects { get; init; } = [];
    /// <summary>Those that go on for longer than their call, as the place counts them where they go on.</summary>
    public IReadOnlyList<LongAct> Acts { get; init; } = [];
    public IReadOnlyList<Heard> Heard { get; init; } = [];
    public Remains Remains { get; init; } = Remains.None;

    public IEnumerable<(Entry Entry, T Event)> Of<T>()
        where T : Event => Entries.Where(e => e.Event is T).Select(e => (e, (T)e.Event));
}

internal enum FaultKind { Lost, Doubled, Blind, Broken }

internal sealed record Fault(FaultKind Kind, string Message)
{
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}: {Message}";
}
