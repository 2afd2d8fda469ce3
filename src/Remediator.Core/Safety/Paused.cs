using Remediator.Core.Language;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>What people have stopped, by the file or by a command. What cannot be read is treated as paused.</summary>
internal static class Paused
{
    public static Guard Guard { get; } = new("paused", GuardStage.Sight, Check) { IsOfPeople = true };

    public static Verdict Check(GuardedStep step)
    {
        var world = step.World;
        if (world.Paused is { } why)
        {
            return Verdict.Refused($"everything is paused: {why}");
        }

        if (world.Pauses.Problem is { } problem)
        {
            return Verdict.Refused(HeldReason.Of("it is unknown whether this is paused", problem));
        }

        var pause = world.Pauses.Pauses.FirstOrDefault(p =>
            !p.IsOver(world.Now)
                && (!Pauses.PauseScope.TryParse(p.Scope, out var scope, out _) || scope.Covers(world.Resource, step.Playbook.Name)));
        return pause is null ? Verdict.Allowed : Verdict.Refused(pause.ToString(), pause.Until - world.Now);
    }
}
