namespace Remediator.Core.Safety;

/// <summary>Counted per resource and problem, never per alert: every fix changes the fingerprint.</summary>
internal static class CooldownAndAttempts
{
    public static Verdict Check(GuardedStep step)
    {
        if (step.Step is not null || !step.State.History.TryGetValue(step.Incident.Problem, out var history))
        {
            return Verdict.Allowed;
        }

        var settings = step.World.Settings;
        var limits = step.Playbook.Limits;
        var recent = history.Runs.Count(r => step.World.Now - r < settings.Scaled(limits.Per));
        if (recent >= limits.Attempts)
        {
            return Verdict.NeverWithout($"{step.Incident.Problem} was tried {recent} times within {Text(limits.Per)}, and no more than {limits.Attempts} are allowed");
        }

        var quiet = history.LastEnded + settings.Scaled(limits.Cooldown) - step.World.Now;
        return quiet > TimeSpan.Zero
            ? Verdict.Refused($"the last run of {step.Incident.Problem} ended {Text(step.World.Now - history.LastEnded!.Value)} ago; its cooldown is {Text(settings.Scaled(limits.Cooldown))}", quiet)
            : Verdict.Allowed;
    }

    private static string Text(TimeSpan t) => t.TotalHours >= 2 ? $"{t.TotalHours:0.#} h" : t.TotalMinutes >= 2 ? $"{t.TotalMinutes:0.#} min" : $"{t.TotalSeconds:0.#} s";
}
