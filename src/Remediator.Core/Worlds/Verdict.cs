namespace Remediator.Core.Worlds;

/// <summary>A guard's answer. Doubt means no, and every no has a reason in words.</summary>
/// <param name="Refusal">Null when the guard lets the step pass.</param>
/// <param name="RetryAfter">When the cause can have changed; null for the usual tick.</param>
/// <param name="Final">Waiting cannot help: a person has to know.</param>
public sealed record Verdict(string? Refusal, TimeSpan? RetryAfter = null, bool Final = false)
{
    public static Verdict Allowed { get; } = new((string?)null);

    public bool IsAllowed => Refusal is null;

    public static Verdict Refused(string reason, TimeSpan? retryAfter = null) => new(reason, retryAfter);

    public static Verdict NeedsPerson(string reason) => new(reason, null, true);
}
