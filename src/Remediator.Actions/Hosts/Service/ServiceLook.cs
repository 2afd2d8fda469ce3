using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Units;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.Service;

/// <summary>
/// Looks at a service of a machine. A node whose machine cannot be asked is no failure: there are other steps for nodes, such as those
/// of AWS, and this says why none on the machine is possible. Its state is empty then, which no step takes for a good one.
/// </summary>
internal sealed class ServiceLook(Machines machines) : ILook
{
    private readonly ServiceReader _services = new(machines);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.service",
        Class = ActionClass.Read,
        Input = typeof(ServiceInput),
        Summary = "Looks at a service of a host or of a node's machine: how it is, what is wrong with it, and whether it can be restarted.",
        Kinds = ServiceReader.Kinds,
        Deadline = TimeSpan.FromSeconds(25),
    };

    public string Provider => FactSchema.Hosts;

    public IReadOnlyList<string> Gives => ["service"];

    public async Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var name = ((ServiceInput)request.Input).Unit;
        try
        {
            var unit = await _services.ReadAsync(request, name, "", cancellationToken);
            var doubt = ServiceReader.OtherMachine(request, unit.Identity) ?? RestartDoubt.Of(unit, request.DurationScale);
            var trouble = RestartDoubt.Trouble(unit, request.DurationScale);
            return [Of(request, name, _services.Host(request).Name, unit.Describe(), trouble, doubt)];
        }
        catch (ActionFailedException e) when (request.Resource.Kind == ResourceKinds.Node)
        {
            return [Of(request, name, "", "", "", e.Message)];
        }
    }

    private static Fact Of(ActionRequest request, string unit, string host, string state, string trouble, string? doubt) => new(
        "service",
        new Dictionary<string, string>
        {
            ["host"] = host,
            ["node"] = request.Resource.Kind == ResourceKinds.Node ? request.Resource.Name : "",
            ["unit"] = unit,
            ["state"] = state,
            ["trouble"] = trouble,
            ["restartable"] = doubt is null ? "true" : "false",
            ["why_not"] = EvidenceText.OneLine(doubt, 900),
        },
        DateTimeOffset.UnixEpoch);
}
