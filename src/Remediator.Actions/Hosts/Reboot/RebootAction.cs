using System.Globalization;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Units;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.Reboot;

/// <summary>
/// Restarts a machine that the policy lets be restarted. It is planned for one start of one machine and does nothing to any other, so it
/// cannot happen twice; what proves it is another start. A machine that has not started again in time is for people.
/// </summary>
internal sealed class RebootAction(Machines machines) : IWatchedAction
{
    private static readonly HostScript Script = new("reboot.sh");
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(15);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.reboot",
        Class = ActionClass.Strong,
        Input = typeof(RebootInput),
        Summary = "Restarts a host, or a node's machine, that the policy lets be restarted, once; not where somebody is logged in, "
            + "pods still run on the node, or nothing of the machine was kept as evidence.",
        Kinds = [ResourceKinds.Host, ResourceKinds.Node],
        Permissions = [new HostPermission(HostPermission.Reboot), .. SystemsManagerPermissions.All],
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var host = machines.Of(request.Resource);
        if (!host.MayReboot)
            return PlanResult.Refused(NotAllowed(host));
        var machine = await ReadAsync(request, cancellationToken);
        if (ServiceReader.OtherMachine(request, machine.Identity) is { } other)
            return PlanResult.Refused($"{other}.");
        if (MachineDoubt.Of(machine, request) is { } doubt)
            return PlanResult.Refused($"Host {host.Name} is not restarted: {doubt}.");

        return PlanResult.Planned(new()
        {
            Summary = $"restart host {host.Name}",
            Changes = [new($"host {host.Name}", "boot id", machine.BootId, "another")],
            Preconditions = machine.Identity,
            Parameters = new Dictionary<string, string> { ["uptime"] = machine.Uptime.ToString(CultureInfo.InvariantCulture) },
            Takes = request.Resource.Kind != ResourceKinds.Node && host.Node.Length > 0
                ? new(new ResourceKey(request.Resource.Cluster, ResourceKinds.Node, "", host.Node).ToString(), Within(request))
                : null,
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var host = machines.Of(request.Resource);
        if (!host.MayReboot)
            throw new ActionFailedException(FailureKind.Permanent, $"{NotAllowed(host)} Nothing was done.");
        var answer = await machines.RunAsync(
            request, Script, cancellationToken, Machines.MarkOf(request), plan.Preconditions["boot_id"], plan.Preconditions["machine_id"]);
        if (answer.Has("other"))
            throw new ActionFailedException(
                FailureKind.Permanent, $"Host {host.Name} was started again, or is another one, since this was planned; nothing was done.");
        if (answer.Has("running"))
            throw new ActionFailedException(FailureKind.Unknown, $"This act is still going on on host {host.Name}.");
        if (!answer.Has("again") && answer.One("exit") != "0")
            throw new ActionFailedException(
                FailureKind.Unknown, $"systemd on host {host.Name} did not take on the restart (exit code {answer.One("exit")}).");
        return new($"Host {host.Name} was told to restart{(answer.Has("again") ? " before" : "")}{answer.Over}.")
        {
            Began = Began(request, plan),
        };
    }

    /// <summary>The machine alone: that its boot id becomes another one is what is wanted.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var live = await WhileItRestartsAsync(() => machines.IdentifyAsync(request, HostTrouble.Service, cancellationToken));
        return new Dictionary<string, string> { ["machine_id"] = live!["machine_id"] };
    }

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var machine = await WhileItRestartsAsync(() => ReadAsync(request, cancellationToken, Machines.MarkOf(request)));
        if (machine.Identity["machine_id"] != plan.Preconditions["machine_id"])
            return new(ProbeAnswer.Unknown, $"Host {machines.Of(request.Resource).Name} is another machine now.");
        if (machine.IsAtIt && !machine.IsStopping)
            throw new ActionFailedException(FailureKind.Transient, "This act is still going on there.");
        return HasStartedAgain(machine, plan) || machine.IsStopping || machine.IsMarked
            ? new(ProbeAnswer.Happened, Seen(machine, plan)) { Began = Began(request, plan) }
            : new(ProbeAnswer.DidNotHappen, Seen(machine, plan));
    }

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken)
    {
        var machine = await WhileItRestartsAsync(() => ReadAsync(request, cancellationToken, Machines.MarkOf(request)));
        return HasStartedAgain(machine, plan) && !machine.IsStarting && !machine.IsStopping
            ? new(ActState.Done, Seen(machine, plan)) { Changes = [plan.Changes[0] with { After = machine.BootId }] }
            : new(ActState.InProgress, Seen(machine, plan));
    }

    private static string Seen(MachineState machine, ActionPlan plan) => (HasStartedAgain(machine, plan), machine) switch
    {
        (true, { IsStarting: true }) => "it has started again, and its services are being started",
        (true, _) => $"it has started again (boot id {machine.BootId}, before {plan.Preconditions["boot_id"]}), and is {machine.System}",
        (false, { IsStopping: true }) => "it is shutting down",
        (false, { IsMarked: true }) => "it was told to restart, and has not",
        _ => "it was not told to restart",
    };

    private static bool HasStartedAgain(MachineState machine, ActionPlan plan) => machine.IsAnotherStart(
        plan.Preconditions["boot_id"], double.Parse(plan.Parameters["uptime"], CultureInfo.InvariantCulture));

    /// <summary>A later call of the same act does not extend its time.</summary>
    private static Began Began(ActionRequest request, ActionPlan plan) => new(plan.Preconditions["boot_id"], LookAgain, Within(request));

    private static TimeSpan Within(ActionRequest request) => ((RebootInput)request.Input).Within;

    private static string NotAllowed(ManagedHost host) =>
        $"The policy does not let host {host.Name} be restarted; 'reboot: allowed' under 'hosts' changes that.";

    private async Task<MachineState> ReadAsync(ActionRequest request, CancellationToken cancellationToken, string mark = "") =>
        MachineState.Read(await machines.RunAsync(request, MachineState.Script, cancellationToken, mark));

    /// <summary>
    /// A machine that shuts down or starts lets nobody in but root (pam_nologin): what is refused now may be let in soon.
    /// </summary>
    private static async Task<T> WhileItRestartsAsync<T>(Func<Task<T>> look)
    {
        try
        {
            return await look();
        }
        catch (ActionFailedException e) when (e.Kind is not FailureKind.Transient)
        {
            throw new ActionFailedException(FailureKind.Transient, e.Message, e);
        }
    }
}
