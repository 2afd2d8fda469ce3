using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>One pod with what was worked out about it.</summary>
/// <param name="Works">It is ready, stays, and no container of it has ended within the crash window.</param>
/// <param name="Starting">
/// It runs, is not ready, and since its containers run, or were restarted after it was ready, has had less time than its probes give it, or
/// than the crash window.
/// </param>
/// <param name="Late">It has not been ready for longer than its readiness probes allow one that serves, or than the crash window.</param>
/// <param name="Injected">Names of its containers that its template does not have; empty where the template is not known.</param>
/// <param name="CrashingSince">When it was first seen to crash; null where it does not, or already did when it was first seen.</param>
/// <param name="RunsSince">When all its containers first ran, where that was seen: images take their time before.</param>
/// <param name="RanWell">How long it was ready before it no longer worked, where that was seen.</param>
internal sealed record PodState(
    Pod Pod, Owner Owner, string Zone, string Revision, bool Ready, bool Crashing, bool Waiting, bool Works, bool Starting, bool Late,
    IReadOnlyList<string> Injected, DateTimeOffset? CrashingSince, DateTimeOffset? RunsSince, TimeSpan RanWell)
{
    /// <summary>Of machines that set their clocks by the same servers.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    /// <summary>True where nothing differs but what the facts of the pod themselves tell.</summary>
    public bool IsSame(PodState other) =>
        ReferenceEquals(Pod, other.Pod)
            && Owner == other.Owner
            && Zone == other.Zone
            && Crashing == other.Crashing
            && Works == other.Works
            && Starting == other.Starting
            && Late == other.Late
            && CrashingSince == other.CrashingSince
            && RunsSince == other.RunsSince
            && RanWell == other.RanWell;

    public bool Finished => Pod.Status.Phase is "Succeeded" or "Failed";

    /// <summary>Finished, or on its way out: it is nobody's trouble any more.</summary>
    public bool IsOver => Finished || Pod.Metadata.DeletionTimestamp is not null;

    /// <summary>When it was last ready, or was made; null while it is ready or is finished.</summary>
    public DateTimeOffset? UnreadySince => Ready || Finished ? null : UnreadyAt(Pod);

    /// <summary>When it began to ail, as far as that is known; null where it does not, or already did when it was first seen.</summary>
    public DateTimeOffset? AilingSince => !Ails ? null : Crashing ? CrashingSince : UnreadySince;

    /// <summary>
    /// It could serve and does not, be it only since a moment. One that has no place, or whose volumes are not there yet, has not been
    /// tried. Enough to doubt what is said against another, and not to say anything against this one.
    /// </summary>
    public bool Ails => !IsOver && (Crashing || Waiting || (Pod.Status.Phase == "Running" && !Ready && !Starting));

    /// <summary>It does not serve, and will not by itself as far as anyone can tell.</summary>
    public bool IsSick => Ails && (Crashing || Waiting || Late);

    /// <summary>No container of it has ever been started; those that only prepare it may have been.</summary>
    public bool NeverRan => Pod.Status.ContainerStatuses.All(s =>
        s is { RestartCount: 0, State: { Running: null, Terminated: null }, LastState.Terminated: null });

    public bool HasEndedSince(DateTimeOffset since) => Statuses(Pod).Any(s => Runs(Pod, s).HasEndedSince(since));

    /// <param name="window">The crash window.</param>
    /// <param name="template">What it was made of; null where that is not known.</param>
    /// <param name="before">As it was judged last.</param>
    public static PodState Judge(
        Pod pod, Owner owner, string zone, TemplateSpec? template, PodState? before, TimeSpan window, DateTimeOffset now)
    {
        var isOver = pod.Status.Phase is "Succeeded" or "Failed" || pod.Metadata.DeletionTimestamp is not null;
        var ready = pod.Status.Conditions.Truth("Ready") == "true";
        var crashing = !isOver && Statuses(pod).Any(s => Runs(pod, s).IsCrashing(now, window));
        var works = ready && !isOver && !crashing && !Statuses(pod).Any(s => Runs(pod, s).HasEndedSince(now - window));
        var runsSince = (before?.Pod.Metadata.Uid == pod.Metadata.Uid ? before.RunsSince : null) ?? FirstRan(pod);
        return new(
            pod, owner, zone, RevisionOf(pod), ready, crashing,
            !isOver && Statuses(pod).Any(s => IsHeldBack(s.State.Waiting?.Reason)),
            works,
            !isOver && pod.Status.Phase == "Running" && !ready
                && now - (StartsAnewAt(pod, now) ?? Later(StartedAt(pod, now), runsSince) ?? now) < Budget(pod, window),
            !isOver && !ready && now - UnreadyAt(pod) >= ReadinessBudget(pod, window),
            template is null ? [] : InjectedInto(pod, template),
            !crashing ? null : before is null ? null : before.Crashing ? before.CrashingSince : now,
            runsSince,
            works || before is null ? TimeSpan.Zero
                : before.Works ? now - (before.Pod.Status.Conditions.Of("Ready")?.LastTransitionTime ?? now)
                : before.RanWell);
    }

    /// <summary>
    /// How long it had been there before it became sick, at the least: also where that was not seen, and the time that its images took.
    /// </summary>
    public TimeSpan WasThereFor(DateTimeOffset now)
    {
        var began = this switch
        {
            { Crashing: true } => Statuses(Pod).Where(s => s.RestartCount > 0).Select(s => Runs(Pod, s).BeganAfter(now, CrashingSince))
                .Cast<DateTimeOffset?>().Max(),
            { Waiting: true } => null,
            _ => Pod.Status.Conditions.Of("Ready")?.LastTransitionTime,
        };
        return began - StartedAt(Pod, now) is { } ran && ran > TimeSpan.Zero ? ran : TimeSpan.Zero;
    }

    /// <summary>The trouble of one whose only sick containers were injected is not its template's.</summary>
    public bool IsSickByInjection(DateTimeOffset now, TimeSpan window) =>
        Injected.Count > 0
            && Statuses(Pod).Where(s => IsHeldBack(s.State.Waiting?.Reason) || Runs(Pod, s).IsCrashing(now, window)).ToList()
                is { Count: > 0 } sick
            && sick.TrueForAll(s => Injected.Contains(s.Name));

    public static ContainerRuns Runs(Pod pod, ContainerStatus status) => new(
        status.RestartCount, status.Ready, status.State.Waiting?.Reason ?? "", status.State.Running?.StartedAt,
        Run(status.State.Terminated), Run(status.LastState.Terminated),
        pod.Spec.InitContainers.Any(c => c.Name == status.Name && !IsSidecar(c)));

    public static bool IsSidecar(Container container) => container.RestartPolicy == "Always";

    /// <summary>One that is only being started does not wait for anything.</summary>
    private static bool IsHeldBack(string? reason) => reason is not (null or "" or "ContainerCreating" or "PodInitializing");

    private static ContainerRun? Run(TerminatedState? end) =>
        end is null ? null : new(end.StartedAt, end.FinishedAt, end.ExitCode, end.Reason);

    /// <summary>
    /// When its containers could first run: its init containers were done, by the clock of its node. Where that cannot be right, it is when
    /// the pod got its place, by the clock that the time of its rollout is of as well.
    /// </summary>
    private static DateTimeOffset? StartedAt(Pod pod, DateTimeOffset now)
    {
        var placed = Since(pod, "PodScheduled") ?? pod.Metadata.CreationTimestamp;
        return Since(pod, "Initialized") is { } initialized && !(initialized < placed) && !IsAhead(pod, now) ? initialized : placed;
    }

    /// <summary>The clock of its node has shown what is still to come.</summary>
    private static bool IsAhead(Pod pod, DateTimeOffset now) =>
        pod.Status.Conditions.Where(c => c.Type != "PodScheduled").Select(c => c.LastTransitionTime)
            .Concat(Statuses(pod).SelectMany(s => new[]
            {
                s.State.Running?.StartedAt, s.State.Terminated?.FinishedAt, s.LastState.Terminated?.FinishedAt,
            }))
            .Max() > now + ClocksDiffer;

    /// <summary>
    /// After a restart of its machine it starts anew, and nothing else of the pod says so. Where a container of one that was ready has
    /// ended and runs again, its time began when it was no longer ready: one that is restarted again and again does not get more of it.
    /// </summary>
    private static DateTimeOffset? StartsAnewAt(Pod pod, DateTimeOffset now) =>
        Statuses(pod).Where(s => Run(s.LastState.Terminated) is { IsByNode: true }).Select(s => s.State.Running?.StartedAt).Max()
            ?? (UnreadyAt(pod) is { } unready
                && unready > StartedAt(pod, now)
                && pod.Status.ContainerStatuses.Any(s => !s.Ready && s.RestartCount > 0 && s.State.Running?.StartedAt >= unready)
                    ? unready
                    : null);

    private static DateTimeOffset? UnreadyAt(Pod pod) =>
        pod.Status.Conditions.Of("Ready")?.LastTransitionTime ?? pod.Metadata.CreationTimestamp;

    /// <summary>Null while one is not there yet, and where one has been restarted: its first run is forgotten.</summary>
    private static DateTimeOffset? FirstRan(Pod pod) =>
        pod.Status.ContainerStatuses is { Count: > 0 } all && all.All(s => s is { RestartCount: 0, State.Running: not null })
            ? all.Max(s => s.State.Running!.StartedAt)
            : null;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    private static DateTimeOffset? Since(Pod pod, string condition) =>
        pod.Status.Conditions.Of(condition) is { Status: "True" } held ? held.LastTransitionTime : null;

    private static IReadOnlyList<string> InjectedInto(Pod pod, TemplateSpec template) =>
        pod.Spec.Containers.Count + pod.Spec.InitContainers.Count == template.Containers.Count + template.InitContainers.Count
            ? []
            : [.. pod.Spec.InitContainers.Concat(pod.Spec.Containers).Select(c => c.Name)
                .Except(template.InitContainers.Concat(template.Containers).Select(c => c.Name))];

    private static TimeSpan Budget(Pod pod, TimeSpan least) =>
        Longest(pod, least, c => (c.StartupProbe?.Budget ?? TimeSpan.Zero) + (c.ReadinessProbe?.Budget ?? TimeSpan.Zero));

    private static TimeSpan ReadinessBudget(Pod pod, TimeSpan least) => Longest(pod, least, c => c.ReadinessProbe?.Budget ?? TimeSpan.Zero);

    private static TimeSpan Longest(Pod pod, TimeSpan least, Func<Container, TimeSpan> budget)
    {
        var longest = pod.Spec.Containers.Concat(pod.Spec.InitContainers).Select(budget).DefaultIfEmpty().Max();
        return longest > least ? longest : least;
    }

    private static IEnumerable<ContainerStatus> Statuses(Pod pod) => pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses);

    /// <summary>Deployments' pods carry their template's hash, pods of StatefulSets and DaemonSets their controller's revision.</summary>
    private static string RevisionOf(Pod pod) =>
        pod.Metadata.Label("pod-template-hash") is { Length: > 0 } hash ? hash : pod.Metadata.Label("controller-revision-hash");
}
