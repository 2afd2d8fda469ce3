using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.ClaimReady;

/// <summary>
/// The claim has what it asks for. How full it is, its alert says, which the kubelet's numbers end: a playbook says <c>alert_ends</c>.
/// </summary>
internal sealed class ClaimReadyAction(ClusterApi api) : IVerifyAction
{
    private readonly VolumeClaimReader _claims = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.claim-ready",
        Class = ActionClass.Read,
        Input = typeof(ClaimReadyInput),
        Summary = "The claim is bound, and its volume and file system have the size that it asks for.",
        Kinds = [ResourceKinds.Claim],
        Permissions = ClaimReadyPermissions.All,
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var key = request.Resource;
        if (await _claims.FindAsync(key.Namespace, key.Name, request.NotAfter, cancellationToken) is not { } claim)
            return new(false, $"{key.Display} does not exist");
        if (claim.Status?.Phase != "Bound")
            return new(false, $"{key.Display} is not bound to a volume");
        var status = ClaimProgress.Of(claim, claim.RequestedBytes(), null, [], api.Time.GetUtcNow(), request.DurationScale);
        return new(status.State is ActState.Done, status.Seen, claim.Metadata.Uid);
    }
}
