using Remediator.Core.Commands;
using Remediator.Core.Journal;
using Remediator.Grains.Calls;

namespace Remediator.Grains.Turn;

internal sealed class OperatorCommands(IIncidentIndex incidents, IGrainFactory grains) : IOperatorCommands
{
    public Task<CommandResult> ApproveAsync(
        string incidentId, string actor, string reason, string traceId, CancellationToken cancellationToken) =>
        AskAsync(incidentId, grain =>
            grain.ApproveAsync(Messages.Write(new Approval(incidentId, actor, reason, traceId))), cancellationToken);

    public Task<CommandResult> AllowRepairAsync(
        string incidentId, string actor, string reason, string traceId, CancellationToken cancellationToken) =>
        AskAsync(incidentId, grain =>
            grain.AllowRepairAsync(Messages.Write(new Approval(incidentId, actor, reason, traceId))), cancellationToken);

    private async Task<CommandResult> AskAsync(
        string incidentId, Func<IResourceGrain, Task<string>> ask, CancellationToken cancellationToken) =>
        await incidents.ResourceOfAsync(incidentId, cancellationToken) is { } resource
            ? Messages.Read<CommandResult>(await ask(grains.GetGrain<IResourceGrain>(resource.ToString())))
            : new(false, $"There is no incident {incidentId}.");
}
