using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>Counted per resource and problem, never per alert: every fix changes the fingerprint.</summary>
internal static class CooldownAndAttempts
{
    public static Guard Guard { get; } = new("cooldown and attempts", GuardStage.Room, Check);

    public static Verdict Check(GuardedStep step)
    {
        if (step.Step is not null)
        {
            return Verdict.Allowed;
        }

        if (Ineffective.Check(step) is { IsAllowed: false } ineffective)
        {
            return ineffective;
        }

        var settings = step.World.Settings;
        var limits = step.Playbook.Limits;
        var recent = step.State.History.GetValueOrDefault(step.Incident.Problem, ProblemHistory.None)
            .Runs.Count(r => step.World.Now - r < settings.Scaled(limits.Per));
        var most = Math.Min(limits.Attempts, Evolution.MaxRunsKept);
        if (recent >= most)
        {
            return Verdict.NeedsPerson(
                $"{step.Incident.Problem} was tried {Plural.Of(recent, "time")} within {Text(limits.Per)}, and no more than {most} "
                    + $"{Plural.Are(most)} allowed");
        }

        // whatever it was that was repaired last, the resource needs its time to show whether it helped
        var last = step.State.History.Where(h => h.Value.LastEnded is not null).OrderByDescending(h => h.Value.LastEnded).FirstOrDefault();
        var quiet = last.Value?.LastEnded + settings.Scaled(limits.Cooldown) - step.World.Now;
        if (!(quiet > TimeSpan.Zero))
        {
            return Verdict.Allowed;
        }

        var ended = $"the last run of {last.Key} ended {Text(step.World.Now - last.Value!.LastEnded!.Value)} ago";
        // a cooldown keeps the engine from acting, and never people from hearing that what it did has not helped
        return last.Value.LastEnded == last.Value.VerifiedAt
            ? Verdict.Refused($"{ended}; the cooldown is {Text(settings.Scaled(limits.Cooldown))}", quiet)
            : Verdict.NeedsPerson($"{ended} without a repair that was verified, and the problem is still there");
    }

    private static string Text(TimeSpan t) =>
        t.TotalHours >= 2 ? $"{t.TotalHours:0.#} h" : t.TotalMinutes >= 2 ? $"{t.TotalMinutes:0.#} min" : $"{t.TotalSeconds:0.#} s";
}
