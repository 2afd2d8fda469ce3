using System.Net;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.GrowVolumeClaim;

/// <summary>
/// Asks for a larger volume of a claim, and of the other claims of its StatefulSet. What is asked for is a size, in one patch with the mark
/// of this action and only where the claim still asks for what was seen: asked for twice it is as large as asked for once. Nothing ever
/// asks for less.
/// </summary>
internal sealed class GrowVolumeClaimAction(ClusterApi api, Func<Policy> policy) : IWatchedAction
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(30);

    /// <summary>Clocks of the API server and of drivers differ by less.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly VolumeClaimReader _claims = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.grow-volume-claim",
        Class = ActionClass.Strong,
        ChangesManifest = true,
        Input = typeof(GrowVolumeClaimInput),
        Summary = "Asks for a larger volume of a claim, with the other claims of its StatefulSet alike, once in 30 days and not more than "
            + "the policy allows; only where its storage class and the quotas of its namespace do. It cannot be taken back.",
        Kinds = [ResourceKinds.Claim],
        Deadline = TimeSpan.FromMinutes(2),
        Permissions = GrowVolumeClaimPermissions.All,
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (key, now) = (request.Resource, api.Time.GetUtcNow());
        if (await _claims.FindAsync(key.Namespace, key.Name, request.NotAfter, cancellationToken) is not { } claim)
            return PlanResult.Refused($"{key.Display} does not exist.");
        var storage = await ClassAsync(request, claim, cancellationToken);
        var growth = ClaimGrowth.Of(claim, storage, Most(request, key.Name), ((GrowVolumeClaimInput)request.Input).By.Value, now);
        if (growth.Doubt is { } doubt)
            return PlanResult.Refused($"{key.Display} is not made larger: {doubt}.");

        var siblings = await ClaimSiblings.ReadAsync(api, request, key.Name, cancellationToken);
        var (alike, stay) = await DivideAsync(request, siblings, growth.Bytes, now, cancellationToken);
        IReadOnlyList<V1PersistentVolumeClaim> all = [claim, .. alike];
        var more = all.Sum(c => growth.Bytes - c.RequestedBytes());
        if (await ClaimRoom.RefusalAsync(api, request, claim.Spec.StorageClassName, growth.Bytes, more, cancellationToken) is { } full)
            return PlanResult.Refused($"{key.Display} is not made larger: {full}.");

        var to = ClaimSize.Show(growth.Bytes);
        return PlanResult.Planned(new()
        {
            Summary = $"make {key.Display} larger, from {claim.Requested()} to {to}, for good{Besides(siblings, alike, stay)}",
            Changes = [.. all.Select(c => new Change($"pvc {key.Namespace}/{c.Metadata.Name}", "size", c.Requested(), to))],
            Preconditions = new Dictionary<string, string> { ["uid"] = claim.Metadata.Uid },
            Parameters = new Dictionary<string, string>(
                [
                    new("to", to),
                    PlannedClaim.Parameter(
                        [.. all.Select(c => new PlannedClaim(c.Metadata.Name, c.Metadata.Uid, c.Requested(), c.CapacityBytes()))]),
                ]),
            Gains = [.. all.Select(c => Gain(key, c.Metadata.Name, growth.Bytes - c.CapacityBytes()))],
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var planned = PlannedClaim.Of(plan);
        await AskAsync(request, plan, planned[0], cancellationToken);
        List<(string Name, string Why)> refused = [];
        foreach (var claim in planned.Skip(1))
        {
            try
            {
                await AskAsync(request, plan, claim, cancellationToken);
            }
            catch (ActionFailedException e) when (e.Kind is FailureKind.Permanent)
            {
                refused.Add((claim.Name, e.Message));
            }
        }

        return new(
            $"{request.Resource.Display} asks for {plan.Parameters["to"]}."
                + string.Concat(refused.Select(r => $" {r.Name} stays as it is: {r.Why}")))
            { Began = Began(refused.Select(r => r.Name)) };
    }

    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        await _claims.FindAsync(request.Resource.Namespace, request.Resource.Name, request.NotAfter, cancellationToken) is { } claim
            ? new Dictionary<string, string> { ["uid"] = claim.Metadata.Uid }
            : null;

    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var key = request.Resource;
        var claim = await _claims.FindAsync(key.Namespace, key.Name, DateTimeOffset.MaxValue, cancellationToken);
        if (claim is null || claim.Metadata.Uid != plan.Preconditions["uid"])
            return new(ProbeAnswer.Unknown, $"The {key.Display} that was planned for no longer exists.");
        return IsMarked(request, claim)
            ? new(ProbeAnswer.Happened, $"{key.Display} carries the mark of this action.") { Began = Began([]) }
            : new(ProbeAnswer.DidNotHappen, $"{key.Display} does not carry the mark of this action.");
    }

    public async Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken)
    {
        var (key, planned, refused) = (request.Resource, PlannedClaim.Of(plan), handle.Split(',', StringSplitOptions.RemoveEmptyEntries));
        List<(PlannedClaim Planned, ActStatus Status, bool Waits, long Has)> seen = [];
        foreach (var one in planned.Where(p => !refused.Contains(p.Name)))
        {
            var claim = await _claims.FindAsync(key.Namespace, one.Name, request.NotAfter, cancellationToken);
            if (claim is null || claim.Metadata.Uid != one.Uid)
            {
                if (one == planned[0])
                    return new(ActState.Failed, $"{key.Display} is gone");
                continue;
            }

            var (status, said) = await LookAsync(request, plan, claim, cancellationToken);
            // what its driver does not do for another claim does not keep people from the one that is full
            var waits = status.State is ActState.InProgress && (one == planned[0] || said is null);
            seen.Add((one, status, waits, claim.CapacityBytes()));
        }

        var all = string.Join("; ", seen.Select(s => s.Status.Seen));
        if (seen[0].Status.State is ActState.Failed)
            return new(ActState.Failed, all);
        if (seen.Exists(s => s.Waits))
            return new(ActState.InProgress, all) { NeedsPush = seen.Exists(s => s.Status.NeedsPush) };
        return new(ActState.Done, all)
        {
            Changes = [.. plan.Changes.Where(c => seen.Exists(s =>
                s.Status.State is ActState.Done && c.Target == $"pvc {key.Namespace}/{s.Planned.Name}"))],
            Gains = [.. seen.Select(s => Gain(key, s.Planned.Name, s.Has - s.Planned.Bytes))],
        };
    }

    private async Task<(ActStatus Status, string? Said)> LookAsync(
        ActionRequest request, ActionPlan plan, V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        var bytes = Quantity.Parse(plan.Parameters["to"]).Bytes;
        if (claim.Grown() is not { } mark || mark.ActionId != request.ActionId)
        {
            return claim.CapacityBytes() >= bytes
                ? (ClaimProgress.Of(claim, bytes, null, [], api.Time.GetUtcNow()), null)
                : (new(ActState.InProgress, $"pvc {request.Resource.Namespace}/{claim.Metadata.Name} was not asked for yet")
                    { NeedsPush = true }, null);
        }

        var said = claim.CapacityBytes() >= bytes
            ? null
            : await _claims.RefusedAsync(claim, mark.At - Skew, request.NotAfter, cancellationToken);
        var pods = request.Facts.Named("mount")
            .Where(m => m["namespace"] == request.Resource.Namespace && m["persistentvolumeclaim"] == claim.Metadata.Name)
            .Select(m => m["pod"]).Distinct().Order(StringComparer.Ordinal).ToList();
        return (ClaimProgress.Of(claim, bytes, said, pods, api.Time.GetUtcNow(), request.DurationScale), said);
    }

    /// <summary>Once: one that carries the mark of this action was asked for already.</summary>
    private async Task AskAsync(ActionRequest request, ActionPlan plan, PlannedClaim planned, CancellationToken cancellationToken)
    {
        var (space, to) = (request.Resource.Namespace, plan.Parameters["to"]);
        var name = $"pvc {space}/{planned.Name}";
        if (await _claims.FindAsync(space, planned.Name, request.NotAfter, cancellationToken) is not { } claim
            || claim.Metadata.Uid != planned.Uid)
            throw new ActionFailedException(FailureKind.Permanent, $"The {name} that was planned for no longer exists.");
        if (IsMarked(request, claim))
            return;
        if (claim.Requested() != planned.From || Quantity.Parse(to).Bytes <= claim.RequestedBytes())
            throw new ActionFailedException(
                FailureKind.Permanent, $"The {name} asks for {claim.Requested()} now, and asked for {planned.From} when this was planned.");
        if (!(Most(request, planned.Name) >= Quantity.Parse(to).Bytes))
            throw new ActionFailedException(FailureKind.Permanent, $"The policy does not let {name} have {to} now.");

        var mark = new ClaimGrown(api.Time.GetUtcNow(), request.ActionId, request.IncidentId, planned.From, to);
        var patch = ObjectPatch.Of(planned.Uid)
            .Test("/spec/resources/requests/storage", planned.From)
            .Replace("/spec/resources/requests/storage", to)
            .Annotate("/metadata", Annotations(claim), (Marks.ClaimGrown, mark.ToJson()));
        await api.WriteAsync($"make {name} larger", request.NotAfter, (k, ct) =>
            k.CoreV1.PatchNamespacedPersistentVolumeClaimAsync(
                patch.ToPatch(), planned.Name, space, fieldManager: Marks.FieldManager, cancellationToken: ct), cancellationToken);
    }

    /// <returns>The other claims that become as large, and those that do not, with the reason.</returns>
    private async Task<(List<V1PersistentVolumeClaim> Alike, List<string> Stay)> DivideAsync(
        ActionRequest request, ClaimSiblings siblings, long bytes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<V1PersistentVolumeClaim> alike = [];
        List<string> stay = [];
        foreach (var other in siblings.Others.Where(o => o.CapacityBytes() < bytes).OrderBy(o => o.Metadata.Name, StringComparer.Ordinal))
        {
            var storage = await ClassAsync(request, other, cancellationToken);
            if (ClaimGrowth.Beside(other, storage, Most(request, other.Metadata.Name), bytes, now) is { } why)
                stay.Add($"{other.Metadata.Name} ({why})");
            else
                alike.Add(other);
        }

        return (alike, stay);
    }

    private static string Besides(ClaimSiblings siblings, List<V1PersistentVolumeClaim> alike, List<string> stay) =>
        siblings.Set.Length == 0
            ? ""
            : (alike.Count > 0 ? $", and with it {string.Join(", ", alike.Select(a => a.Metadata.Name))}" : "")
                + (stay.Count > 0 ? $"; these stay as they are: {string.Join(", ", stay)}" : "")
                + $"; what statefulset {siblings.Set} makes later has {siblings.Template} still, as its template says";

    private async Task<V1StorageClass?> ClassAsync(
        ActionRequest request, V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        if (claim.Spec?.StorageClassName is not { Length: > 0 } name)
            return null;
        try
        {
            return await api.ReadAsync($"read storage class {name}", request.NotAfter, (k, ct) =>
                k.StorageV1.ReadStorageClassAsync(name, cancellationToken: ct), cancellationToken);
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private long? Most(ActionRequest request, string claim) =>
        GrowingClaim.Most(policy().Claims, request.Resource with { Name = claim });

    private static Dictionary<string, string> Annotations(V1PersistentVolumeClaim claim) =>
        new(claim.Metadata.Annotations ?? new Dictionary<string, string>());

    private static bool IsMarked(ActionRequest request, V1PersistentVolumeClaim claim) =>
        claim.Grown()?.ActionId == request.ActionId;

    /// <param name="refused">Those that are not asked for again.</param>
    private static Began Began(IEnumerable<string> refused) => new(string.Join(',', refused), LookAgain, Within);

    private static Gain Gain(ResourceKey key, string claim, long bytes) => new($"bytes of pvc {key.Namespace}/{claim}", bytes);
}
