using Remediator.Core.Incidents;
using Remediator.Core.Journal;

namespace Remediator.Grains;

internal sealed class OperatorCommands(IIncidentIndex incidents, IGrainFactory grains) : IOperatorCommands
{
    public async Task<CommandResult> ApproveAsync(string incidentId, string actor, string reason, string traceId, CancellationToken cancellationToken)
    {
        if (await incidents.ResourceOfAsync(incidentId, cancellationToken) is not { } resource)
        {
            return new(false, $"There is no incident {incidentId}.");
        }

        var answer = await grains.GetGrain<IResourceGrain>(resource.ToString()).ApproveAsync(Messages.Write(new Approval(incidentId, actor, reason, traceId)));
        return Messages.Read<CommandResult>(answer);
    }
}
