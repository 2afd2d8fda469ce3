namespace Remediator.Core.Safety;

internal static class Paused
{
    public static Verdict Check(GuardedStep step) =>
        step.World.Paused is { } why ? Verdict.Refused($"everything is paused: {why}") : Verdict.Allowed;
}
