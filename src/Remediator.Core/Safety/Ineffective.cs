using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// A repair that was verified and did not last, time and again: what it repairs comes from elsewhere. Going on would hide it.
/// </summary>
internal static class Ineffective
{
    /// <summary>
    /// The repairs of this problem after each of which it came back within the recurrence watch, oldest first; this incident is the last
    /// return.
    /// </summary>
    public static IReadOnlyList<VerifiedRepair> InARow(ResourceState state, Incident incident, World world)
    {
        var row = new List<VerifiedRepair>();
        var cameBack = incident.OpenedAt;
        foreach (var repair in History(state, incident).Verified.Reverse())
        {
            if (cameBack - repair.At > world.Settings.RecurrenceWatch)
            {
                break;
            }

            row.Insert(0, repair);
            cameBack = repair.OpenedAt;
        }

        return row;
    }

    public static Verdict Check(GuardedStep step)
    {
        var history = History(step.State, step.Incident);
        var row = InARow(step.State, step.Incident, step.World);
        return history.Stopped || row.Count >= Math.Min(step.World.Definitions.Policy.RepairsInARow, Evolution.MaxRunsKept)
            ? Verdict.NeedsPerson(
                $"this is a mitigation, not a fix: {step.Incident.Problem} was repaired and verified, and came back, "
                    + $"{(row.Count > 0 ? $"{Plural.Of(row.Count, "time")} in a row" : "time and again")}; nothing more is tried until "
                    + $"a person allows it")
            : Verdict.Allowed;
    }

    private static ProblemHistory History(ResourceState state, Incident incident) =>
        state.History.GetValueOrDefault(incident.Problem, ProblemHistory.None);
}
