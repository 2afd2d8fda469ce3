namespace Remediator.Core.Pauses;

/// <summary>Somebody has said that nothing is to be changed.</summary>
/// <param name="Until">Null where it lasts until somebody resumes.</param>
public sealed record Pause(string Scope, string Reason, string Author, DateTimeOffset Since, DateTimeOffset? Until)
{
    public bool IsOver(DateTimeOffset now) => Until <= now;

    public override string ToString() => $"{Scope} is paused by {Author}{(Until is { } until ? $" until {until:u}" : "")}: {Reason}";
}

/// <summary>What is paused, as far as that can be read.</summary>
/// <param name="Version">Of the stream of pauses; an intent that was decided on another one is refused by its transaction.</param>
/// <param name="Problem">Why it cannot be read, so that everything is treated as paused; null if it can be read.</param>
public sealed record PauseReading(IReadOnlyList<Pause> Pauses, long Version, string? Problem)
{
    public static PauseReading None { get; } = new([], 0, null);
}
