using Remediator.Core.Actions;

namespace Remediator.Core.Tests.Incidents;

public sealed record NoInput;

/// <summary>Registered like real actions; the harness brings their results.</summary>
internal class FakeChange(
    string name, ActionClass @class, Disrupts disrupts = Disrupts.Nothing, bool manifest = false, bool temporary = false) : IUndoableAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = name,
        Class = @class,
        Input = typeof(NoInput),
        Summary = name,
        Disrupts = disrupts,
        ChangesManifest = manifest,
        Temporary = temporary,
    };

    public Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

/// <summary>It goes on after its call, and has to be finished.</summary>
internal class FakeLong(string name) : FakeChange(name, ActionClass.Strong), IWatchedAction
{
    public Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

/// <summary>It goes on after its call, and can be ended early.</summary>
internal sealed class FakeCancellable(string name) : FakeLong(name), ICancellableAction
{
    public Task<ActionOutcome> CancelAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
