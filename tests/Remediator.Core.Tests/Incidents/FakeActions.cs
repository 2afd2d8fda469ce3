using Remediator.Core.Actions;

namespace Remediator.Core.Tests.Incidents;

public sealed record NoInput;

/// <summary>Registered like real actions; the harness brings their results.</summary>
internal sealed class FakeChange(
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

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
