using System.Net;
using System.Net.Http.Json;
using Remediator.Core.Actions;

namespace Remediator.Testing.Machines;

internal sealed record ReplaceInput;

/// <summary>In a server that a test starts: replaces the machine of a workload, which goes on for as long as the room says.</summary>
internal sealed class ReplaceAction(HttpClient room) : ICancellableAction, IUndoableAction
{
    internal const string Undone = "-undone";

    private const string Identity = "instance_id";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "testing.replace",
        Class = ActionClass.Strong,
        Input = typeof(ReplaceInput),
        Summary = "replaces the machine of a workload",
        Kinds = ["deployment"],
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var machine = (await MachineAsync(request, cancellationToken)).InstanceId;
        return PlanResult.Planned(new()
        {
            Summary = $"replace machine {machine} of {request.Resource.Display}",
            Preconditions = new Dictionary<string, string> { [Identity] = machine },
        });
    }

    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        new Dictionary<string, string> { [Identity] = (await MachineAsync(request, cancellationToken)).InstanceId };

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await FindAsync(request, request.ActionId, cancellationToken) switch
        {
            null => Outcome(await BeginAsync(request, request.ActionId, cancellationToken)),
            { IsOver: true } over => new(over.Status.Seen),
            var act => Outcome(await SendAsync<ActAnswer>(HttpMethod.Post, $"acts/{act.Handle}/push", cancellationToken)),
        };

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await FindAsync(request, request.ActionId, cancellationToken) is { } act
            ? new(ProbeAnswer.Happened, act.Status.Seen) { Began = Outcome(act).Began }
            : new(ProbeAnswer.DidNotHappen, "nothing was begun under this id");

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken) =>
        (await SendAsync<ActAnswer>(HttpMethod.Get, $"acts/{handle}", cancellationToken)).Status;

    public async Task<ActionOutcome> CancelAsync(
        ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken) =>
        new((await SendAsync<ActAnswer>(HttpMethod.Delete, $"acts/{handle}", cancellationToken)).Status.Seen);

    public async Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var id = request.ActionId + Undone;
        return await FindAsync(request, id, cancellationToken) is { } act
            ? Outcome(act)
            : Outcome(await BeginAsync(request, id, cancellationToken));
    }

    private static ActionOutcome Outcome(ActAnswer act) => new(act.IsOver ? act.Status.Seen : "begun")
    {
        Began = act.IsOver ? null : new(act.Handle, LookAgain, TimeSpan.FromSeconds(act.WithinSeconds)),
    };

    private Task<MachineAnswer> MachineAsync(ActionRequest request, CancellationToken cancellationToken) =>
        SendAsync<MachineAnswer>(HttpMethod.Get, $"machines/{request.Resource.Namespace}", cancellationToken);

    private async Task<ActAnswer?> FindAsync(ActionRequest request, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync<ActAnswer>(HttpMethod.Get, Acts(request, id), cancellationToken);
        }
        catch (ActionFailedException e) when (e.InnerException is HttpRequestException { StatusCode: HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    private async Task<ActAnswer> BeginAsync(ActionRequest request, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync<ActAnswer>(HttpMethod.Post, Acts(request, id), cancellationToken);
        }
        catch (ActionFailedException e)
        {
            throw new ActionFailedException(FailureKind.Unknown, e.Message, e);
        }
    }

    private static string Acts(ActionRequest request, string id) =>
        $"acts?id={Uri.EscapeDataString(id)}&space={Uri.EscapeDataString(request.Resource.Namespace)}";

    private async Task<T> SendAsync<T>(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            using var answer = await room.SendAsync(request, cancellationToken);
            answer.EnsureSuccessStatusCode();
            return (await answer.Content.ReadFromJsonAsync<T>(cancellationToken))!;
        }
        catch (HttpRequestException e)
        {
            throw new ActionFailedException(e.StatusCode is null ? FailureKind.Transient : FailureKind.Permanent, e.Message, e);
        }
    }
}
