using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Units;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.RestartUnit;

/// <summary>
/// Restarts a service that the policy lists for the host. It is planned for one run of the service (its invocation) on one start of one
/// machine, and does nothing to any other: so it cannot happen twice.
/// </summary>
internal sealed class RestartUnitAction(Machines machines) : IChangeAction
{
    private static readonly HostScript Script = new("restart-unit.sh");
    private readonly ServiceReader _services = new(machines);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.restart-unit",
        Class = ActionClass.Strong,
        Input = typeof(RestartUnitInput),
        Summary = "Restarts a service of a host that the policy lists there; not one that somebody stopped, that ends by itself at each "
            + "start, or that others would go down with.",
        Kinds = ServiceReader.Kinds,
        Deadline = TimeSpan.FromMinutes(4),
        Permissions =
        [
            new HostPermission($"/usr/bin/systemctl --job-mode=fail restart {HostPermission.Unit}"),
            new HostPermission($"/usr/bin/systemctl reset-failed {HostPermission.Unit}"),
            .. SystemsManagerPermissions.All,
        ],
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, name) = (machines.Of(request.Resource), Unit(request));
        if (!host.Units.Contains(name))
            return PlanResult.Refused(
                $"The policy does not list unit '{name}' for host {host.Name}; add it under 'units' of the host to change that.");
        var unit = await _services.ReadAsync(request, name, "", cancellationToken);
        if (ServiceReader.OtherMachine(request, unit.Identity) is { } other)
            return PlanResult.Refused($"{other}.");
        if (RestartDoubt.Of(unit, request.DurationScale) is { } doubt)
            return PlanResult.Refused($"Unit {name} on host {host.Name} is not restarted: {doubt}");

        return PlanResult.Planned(new()
        {
            Summary = $"restart unit {name} on host {host.Name}, which is {unit.Describe()}",
            Changes = [new($"host {host.Name}", $"unit {name}", unit.Describe(), "restarted")],
            Preconditions = new Dictionary<string, string>(unit.Identity) { ["invocation_id"] = unit.InvocationId },
            Parameters = new Dictionary<string, string> { ["unit"] = name, ["active_state"] = unit.ActiveState },
            // a kubelet or a runtime that starts takes the readiness of everything on its node
            Takes = request.Resource.Kind != ResourceKinds.Node && host.Node.Length > 0
                ? new(new ResourceKey(request.Resource.Cluster, ResourceKinds.Node, "", host.Node).ToString(), Descriptor.Deadline)
                : null,
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, name) = (machines.Of(request.Resource), plan.Parameters["unit"]);
        if (!host.Units.Contains(name))
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"The policy lists unit {name} no more for host {host.Name}; nothing was done.");
        var answer = await machines.RunAsync(
            request, Script, cancellationToken, Machines.MarkOf(request), plan.Preconditions["boot_id"], plan.Preconditions["machine_id"],
            name, plan.Preconditions["invocation_id"]);
        if (answer.Has("other"))
            throw new ActionFailedException(
                FailureKind.Permanent, $"Host {host.Name} was started again, or is another one, since this was planned; nothing was done.");
        if (answer.Has("changed"))
            throw new ActionFailedException(
                FailureKind.Permanent, $"Unit {name} on host {host.Name} was started or stopped since this was planned; nothing was done.");
        if (answer.Has("running"))
            throw new ActionFailedException(FailureKind.Unknown, $"This act is still going on on host {host.Name}.");
        var (ran, runs) = (plan.Preconditions["invocation_id"], answer.One("invocation"));
        if (WasStopped(plan, runs, answer.One("state")))
            throw new ActionFailedException(
                FailureKind.Unknown,
                $"Unit {name} on host {host.Name} was stopped and not started again (exit code {answer.One("exit")} of systemctl); it is "
                    + $"{answer.One("state")}.");
        if (runs.Length == 0)
            throw new ActionFailedException(
                FailureKind.Unknown, $"systemd on host {host.Name} does not say which run of unit {name} there is now.");
        if (runs == ran)
            throw new ActionFailedException(
                FailureKind.Permanent,
                $"systemd on host {host.Name} did not restart unit {name} (exit code {answer.One("exit")} of systemctl); its old run goes "
                    + "on.");
        var state = answer.Of("state").FirstOrDefault() is [var active, var sub]
            ? HostAnswer.Short($"{active} ({sub})")
            : "in no known state";
        return new($"Unit {name} on host {host.Name} was restarted and is {state}, main process {answer.One("pid")}{answer.Over}.");
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        machines.IdentifyAsync(request, HostTrouble.Service, cancellationToken);

    /// <summary>By the run of the unit: another one than was planned for under the same start of the machine is what was wanted.</summary>
    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, name) = (machines.Of(request.Resource), plan.Parameters["unit"]);
        var answer = await _services.AskAsync(request, name, Machines.MarkOf(request), cancellationToken);
        var unit = UnitState.Read(answer, host.Name, name);
        if (unit.Identity.Any(i => plan.Preconditions[i.Key] != i.Value))
            return new(ProbeAnswer.Unknown, $"Host {host.Name} was started again meanwhile, or is another one.");
        if (answer.Has("running") || unit.HasJob || unit.ActiveState is "activating" or "deactivating")
            throw new ActionFailedException(
                FailureKind.Transient, $"systemd on host {host.Name} is still at work on unit {name}: it is {unit.Describe()}.");
        return Fate(plan, unit, answer.Has("marked"));
    }

    internal static ProbeResult Fate(ActionPlan plan, UnitState unit, bool isMarked) =>
        WasStopped(plan, unit.InvocationId, unit.ActiveState)
            ? new(
                ProbeAnswer.Unknown,
                $"Unit {unit.Name} was stopped and not started again, by this act or by somebody else; it is {unit.Describe()}.")
        : unit.InvocationId.Length == 0
            ? new(ProbeAnswer.Unknown, $"systemd does not say which run of unit {unit.Name} there is now.")
        : unit.InvocationId == plan.Preconditions["invocation_id"]
            ? new(ProbeAnswer.DidNotHappen, $"The run of unit {unit.Name} is still that of before.")
        : new(
            ProbeAnswer.Happened,
            $"Unit {unit.Name} was started again since{(isMarked ? "" : ", though there is no marker of this act")}; it is "
                + $"{unit.Describe()}.");

    /// <summary>
    /// It ran when this was planned, and does not any more, though no other run of it has begun. systemd may forget the run of what is
    /// stopped.
    /// </summary>
    private static bool WasStopped(ActionPlan plan, string run, string state) =>
        (run.Length == 0 || run == plan.Preconditions["invocation_id"])
        && plan.Parameters.GetValueOrDefault("active_state") == "active" && state is ("inactive" or "failed");

    private static string Unit(ActionRequest request) => ((RestartUnitInput)request.Input).Unit is { Length: > 0 } unit
        ? unit
        : request.Facts.Named("descriptors").Select(d => d["unit"])
            .Concat(request.Facts.Named("filesystem").Select(f => f["deleted_open_unit"]))
            .FirstOrDefault("");
}
