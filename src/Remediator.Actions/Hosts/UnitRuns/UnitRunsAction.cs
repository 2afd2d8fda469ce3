using System.Globalization;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Units;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.UnitRuns;

/// <summary>One and the same run of the service has to last for the whole stable time.</summary>
internal sealed class UnitRunsAction(Machines machines) : IVerifyAction
{
    private readonly ServiceReader _services = new(machines);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.unit-runs",
        Class = ActionClass.Read,
        Input = typeof(UnitRunsInput),
        Summary = "A service of a host runs, and its main process is neither stopped nor stuck; the same one for the whole time.",
        Kinds = ServiceReader.Kinds,
        Deadline = TimeSpan.FromSeconds(30),
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var unit = await _services.ReadAsync(request, ((UnitRunsInput)request.Input).Unit, "", cancellationToken);
        var isWell = unit is { IsRunning: true, Process: not ("T" or "t" or "D" or "Z"), IsFrozen: false };
        return new(
            isWell,
            $"unit {unit.Name} on host {_services.Host(request).Name} is {unit.Describe()}"
                + $"{(unit.Process is "T" or "t" or "D" or "Z" ? $", its main process in state {unit.Process}" : "")}",
            string.Create(CultureInfo.InvariantCulture, $"{unit.Identity["boot_id"]} {unit.InvocationId} {unit.MainPid}"));
    }
}
