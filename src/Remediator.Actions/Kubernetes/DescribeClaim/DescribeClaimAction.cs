using System.Globalization;
using System.Text;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Kubernetes.DescribeClaim;

/// <summary>Keeps what a claim has and asks for, how making it larger went, and who uses it.</summary>
internal sealed class DescribeClaimAction(ClusterApi api) : IReadAction
{
    private const int Most = 16 * 1024;
    private const int MostPods = 60;

    private readonly VolumeClaimReader _claims = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.describe-claim",
        Class = ActionClass.Read,
        Input = typeof(DescribeClaimInput),
        Summary = "Records the size that a claim has and asks for, its volume, class and conditions, and the pods that use it.",
        Kinds = [ResourceKinds.Claim],
        Permissions = DescribeClaimPermissions.All,
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var key = request.Resource;
        var claim = await _claims.FindAsync(key.Namespace, key.Name, request.NotAfter, cancellationToken)
            ?? throw new ActionFailedException(FailureKind.Permanent, $"{key.Display} does not exist.");
        var refused = await _claims.RefusedAsync(claim, DateTimeOffset.MinValue, request.NotAfter, cancellationToken);
        return new("Claim", EvidenceText.Head(Text(claim, refused, request.Facts), Most))
            { Values = new Dictionary<string, string> { ["reason"] = Size(claim) } };
    }

    private static string Size(V1PersistentVolumeClaim claim) =>
        claim.RequestedBytes() > claim.CapacityBytes()
            ? $"it has {ClaimSize.Show(claim.CapacityBytes())}, and {claim.Requested()} is asked for"
            : $"it has {ClaimSize.Show(claim.CapacityBytes())}";

    private static string Text(V1PersistentVolumeClaim claim, string? refused, FactView facts)
    {
        var text = new StringBuilder(Size(claim)).Append('\n');
        text.Append(
            CultureInfo.InvariantCulture,
            $"{claim.Status?.Phase}, storage class {claim.Spec?.StorageClassName}, volume {claim.Spec?.VolumeName}, "
                + $"{string.Join(' ', claim.Spec?.AccessModes ?? [])}\n");
        if (claim.Grown() is { } grown)
            text.Append(
                CultureInfo.InvariantCulture,
                $"made larger by Remediator on {grown.Day}, from {grown.From} to {grown.To}, incident {grown.IncidentId}\n");
        foreach (var c in claim.Status?.Conditions ?? [])
            text.Append(CultureInfo.InvariantCulture, $"condition {c.Type}={c.Status} since {c.LastTransitionTime:yyyy-MM-ddTHH:mm:ssZ}: ")
                .Append(EvidenceText.OneLine(c.Message ?? "", 300)).Append('\n');
        if (claim.Resizing().Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"resizing: {claim.Resizing()}\n");
        if (refused is not null)
            text.Append("its driver said: ").Append(EvidenceText.OneLine(refused, 300)).Append('\n');
        foreach (var mount in facts.Named("mount").Take(MostPods))
            text.Append(
                CultureInfo.InvariantCulture,
                $"used by pod {mount["pod"]} of {mount["workload_kind"]} {mount["workload"]} on {mount["node"]}\n");
        return text.ToString();
    }
}
