using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// No act on a view that may be old, and none on a problem that the system of record does not show. Only the providers of facts that the
/// step needs are asked.
/// </summary>
internal static class Stale
{
    public static Guard Guard { get; } = new("stale", GuardStage.Sight, Check);

    public static Verdict Check(GuardedStep step)
    {
        var world = step.World;
        var needed = Needs.OfChange(world, step.Incident, step.Playbook, step.Step).ToList();
        if (needed.Find(p => world.SightOf(p) is null) is { } missing)
        {
            return Verdict.Refused($"nobody here knows the facts of '{missing}', which this step needs");
        }

        var sights = needed.ConvertAll(p => world.SightOf(p)!);
        if (sights.Select(s => s.Doubt(world.Now, world.Settings.MaxViewAge)).FirstOrDefault(d => d is not null) is { } doubt)
        {
            return Verdict.Refused(doubt);
        }

        if (!world.KnowsStandings)
        {
            return Verdict.Refused("the outcome of earlier repairs has not been read yet");
        }

        if (step.Incident.Run?.ChangedAt is { } changed && sights.Find(s => s.FreshAt <= changed) is { } older)
        {
            return Verdict.Refused($"the {older.View} does not yet show what the last step changed");
        }

        return world.IsShown(step.Playbook)
            ? Verdict.Allowed
            : Verdict.Refused($"{world.Resource.Display} is not {(world.IsOutside ? "known" : "in the cluster")}");
    }
}
