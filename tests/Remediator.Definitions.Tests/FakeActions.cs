using System.ComponentModel.DataAnnotations;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Definitions.Tests;

/// <summary>A registry of actions that do nothing, for files that are only read.</summary>
internal static class FakeActions
{
    public static ActionRegistry Registry { get; } = new(
    [
        new Read("kubernetes.logs", typeof(LogsInput)),
        new Read("kubernetes.events", typeof(Nothing)),
        new Change("kubernetes.evict-pod", ActionClass.Mild, typeof(WhichInput), ["deployment", "statefulset", "daemonset"]),
        new Change("kubernetes.rollout-undo", ActionClass.Strong, typeof(Nothing), ["deployment", "daemonset"]),
        new Undoable("kubernetes.raise-memory-limit", ActionClass.Strong, typeof(RaiseInput), []),
        new Change("host.wipe", ActionClass.Destructive, typeof(WipeInput), []),
        new Verify("kubernetes.workload-ready", typeof(Nothing)),
        new Notify("notify.webhook"),
    ]);

    private static ActionDescriptor Describe(string name, ActionClass sort, Type input, IReadOnlyList<string> kinds) =>
        new() { Name = name, Class = sort, Input = input, Summary = name, Kinds = kinds };

    internal sealed record Nothing;

    internal enum PodChoice { Crashing, Waiting, NotReady }

    internal sealed record WhichInput
    {
        public PodChoice Which { get; init; }
    }

    internal sealed record LogsInput
    {
        public bool Previous { get; init; }

        [Range(1, 1000)]
        public int Lines { get; init; } = 200;
    }

    internal sealed record RaiseInput(Percent By, Quantity? Ceiling = null);

    internal sealed record WipeInput
    {
        public required string Path { get; init; }

        public TimeSpan Pause { get; init; }
    }

    private sealed class Read(string name, Type input) : IReadAction
    {
        public ActionDescriptor Descriptor { get; } = Describe(name, ActionClass.Read, input, []);

        public Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    /// <summary>What a provider of hosts would bring.</summary>
    internal sealed class DiskLook : ILook
    {
        public ActionDescriptor Descriptor { get; } = Describe("host.disk", ActionClass.Read, typeof(LogsInput), ["host", "filesystem"]);

        public string Provider => "hosts";

        public IReadOnlyList<string> Gives => ["filesystem"];

        public Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private class Change(string name, ActionClass sort, Type input, IReadOnlyList<string> kinds) : IChangeAction
    {
        public ActionDescriptor Descriptor { get; } = Describe(name, sort, input, kinds);

        public Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
            ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class Undoable(string name, ActionClass sort, Type input, IReadOnlyList<string> kinds)
        : Change(name, sort, input, kinds),
    IUndoableAction
    {
        public Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class Verify(string name, Type input) : IVerifyAction
    {
        public ActionDescriptor Descriptor { get; } = Describe(name, ActionClass.Read, input, []);

        public Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class Notify(string name) : INotifyAction
    {
        public ActionDescriptor Descriptor { get; } = Describe(name, ActionClass.Read, typeof(Nothing), []);

        public bool IsConfigured => false;

        public Task NotifyAsync(Notification notification, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
