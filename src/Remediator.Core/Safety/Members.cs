using System.Globalization;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// A member of a StatefulSet holds data and takes part in a quorum: a new pod may recover for hours, or the rest may lose what it had. So
/// removing one is a strong step, and only where its owner allows it. One pod is no member: that which never served and pins the set.
/// </summary>
internal static class Members
{
    /// <summary>On the StatefulSet, by its owner; the value is <c>allowed</c>.</summary>
    private const string Annotation = "remediator.io/evict";

    public static Guard Guard { get; } = new("member", GuardStage.Owner, Check);

    /// <summary>How strong an action is on this resource.</summary>
    public static ActionClass ClassOf(World world, Incident incident, ActionDescriptor action) =>
        action is { Disrupts: Disrupts.OnePod, Class: ActionClass.Mild } && Set(world) is not null && !RemovesWhatPins(world, incident)
            ? ActionClass.Strong
            : action.Class;

    /// <summary>The step is about the very pod that pins a StatefulSet; before it is planned, it may be about that.</summary>
    public static bool RemovesWhatPins(World world, Incident incident) =>
        Set(world)?["pinned_by"] is { Length: > 0 } pod
            && (incident.Run?.Plan is not { } plan || plan.Parameters.GetValueOrDefault("pod") == pod);

    /// <summary>Whether all other members work: who takes one away while another is missing may take the quorum.</summary>
    /// <returns>What is in the way; null where nothing is. A member that pins its set is taken away all the same.</returns>
    public static string? Away(GuardedStep step)
    {
        if (step is not { Step: not null, Action.Disrupts: Disrupts.OnePod or Disrupts.Rollout }
            || Set(step.World) is not { } set
            || (IsOfOnePod(step) && (!IsAllowed(set) || RemovesWhatPins(step.World, step.Incident))))
        {
            return null;
        }

        var pods = step.World.Scope.Named("pod");
        if (Number(set["desired"]) is not { } desired || pods.Count < desired)
        {
            return $"a pod of {step.World.Resource.Display} is missing";
        }

        var planned = step.Incident.Run?.FreshPlan(step.World.Now)?.Parameters.GetValueOrDefault("pod");
        var away = pods.Where(p => !Works(p) && !(IsOfOnePod(step) ? p["pod"] == planned : IsCrashing(p))).Select(p => p["pod"]).ToList();
        // before it is planned, the one that does not work may be the one at hand
        return away.Count > (IsOfOnePod(step) && planned is null ? 1 : 0)
            ? $"pod {away.Min(StringComparer.Ordinal)} of {step.World.Resource.Display} is still starting, recovering or ending"
            // one that is ready is available only after its set's minReadySeconds
            : IsOfOnePod(step) && Number(set["available"]) < desired - 1
                ? $"too few pods of {step.World.Resource.Display} have been ready for long enough"
            : null;
    }

    private static Verdict Check(GuardedStep step) =>
        step.Step is null
            || !IsOfOnePod(step)
            || Set(step.World) is not { } set
            || IsAllowed(set)
            || RemovesWhatPins(step.World, step.Incident) ? Verdict.Allowed
        : Verdict.Refused(
            $"{step.World.Resource.Display} may hold data, and its owner has not allowed its pods to be evicted ({Annotation}: allowed)");

    private static bool IsOfOnePod(GuardedStep step) => step.Action is { Disrupts: Disrupts.OnePod };

    private static bool IsAllowed(Fact set) => set["evict"] == "allowed";

    private static bool Works(Fact pod) => pod["phase"] == "Running" && pod["ready"] == "true" && pod["terminating"] != "true";

    /// <summary>It waits for nothing but what the rollout changes.</summary>
    private static bool IsCrashing(Fact pod) => pod["crashing"] == "true" && pod["terminating"] != "true";

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Fact? Set(World world) =>
        world.Resource.Kind == ResourceKinds.StatefulSet && world.Scope.Named("workload") is [var workload, ..] ? workload : null;
}
