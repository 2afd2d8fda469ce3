using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.Units;

/// <summary>Reads services of the machine that a resource is or is on, and of no other than the policy lists for it.</summary>
internal sealed class ServiceReader(Machines machines)
{
    /// <summary>
    /// Kinds of resources whose services can be restarted: a machine, a part of one, and a node that the policy says is one.
    /// </summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Machines.Kinds, ResourceKinds.Node];

    public ManagedHost Host(ActionRequest request) => machines.Of(request.Resource);

    /// <exception cref="ActionFailedException">
    /// The policy does not list the machine or the unit, or the machine could not be asked.
    /// </exception>
    public async Task<UnitState> ReadAsync(ActionRequest request, string unit, string mark, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(request, unit, mark, cancellationToken);
        return UnitState.Read(answer, Host(request).Name, unit);
    }

    /// <param name="mark">Of the act that is asked for; empty where none is.</param>
    public async Task<HostAnswer> AskAsync(ActionRequest request, string unit, string mark, CancellationToken cancellationToken)
    {
        var host = Host(request);
        if (!host.Units.Contains(unit))
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"The policy does not list unit '{unit}' for host {host.Name}; add it under 'units' of the host to change that.");
        return await machines.RunAsync(request, UnitState.Script, cancellationToken, unit, mark);
    }

    /// <summary>Of a node: the machine says that it is another one than the node says, or the node does not say which.</summary>
    /// <returns>Null where they agree, and for anything but a node.</returns>
    public static string? OtherMachine(ActionRequest request, IReadOnlyDictionary<string, string> identity)
    {
        if (request.Resource.Kind != ResourceKinds.Node) return null;
        var said = request.Facts.Named("node").Select(n => n["machine_id"]).FirstOrDefault(m => m.Length > 0);
        return said is null
            ? $"{request.Resource.Display} does not say its machine id, so it is not known whether the host that the policy lists for it "
                + "is the same machine"
            : said != identity["machine_id"]
            ? $"{request.Resource.Display} says that its machine id is {said}, and the host that the policy lists for it has "
                + $"{identity["machine_id"]}: they are not the same machine"
            : null;
    }
}
