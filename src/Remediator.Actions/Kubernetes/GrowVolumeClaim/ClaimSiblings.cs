using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.GrowVolumeClaim;

/// <summary>The other claims that a StatefulSet has made by the same template.</summary>
/// <param name="Set">Its name; empty where the claim is of none.</param>
/// <param name="Template">What its template asks for, which nobody can change: a claim that it makes later has that.</param>
internal sealed record ClaimSiblings(string Set, string Template, IReadOnlyList<V1PersistentVolumeClaim> Others)
{
    private static readonly ClaimSiblings None = new("", "", []);

    public static async Task<ClaimSiblings> ReadAsync(
        ClusterApi api, ActionRequest request, string claim, CancellationToken cancellationToken)
    {
        var space = request.Resource.Namespace;
        var sets = await api.PagesAsync<V1StatefulSet, V1StatefulSetList>(
            $"list statefulsets in namespace {space}", request.NotAfter, (k, from, ct) => k.AppsV1.ListNamespacedStatefulSetAsync(
                space, limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct), _ => true, cancellationToken);
        var of = sets.SelectMany(s => (s.Spec.VolumeClaimTemplates ?? []).Select(t => (Set: s, Template: t)))
            .FirstOrDefault(m => IsOf(Prefix(m.Set, m.Template), claim));
        if (of.Set is null)
            return None;
        var prefix = Prefix(of.Set, of.Template);
        var others = await api.PagesAsync<V1PersistentVolumeClaim, V1PersistentVolumeClaimList>(
            $"list pvcs in namespace {space}", request.NotAfter, (k, from, ct) => k.CoreV1.ListNamespacedPersistentVolumeClaimAsync(
                space, limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            c => c.Metadata.Name != claim && IsOf(prefix, c.Metadata.Name), cancellationToken);
        return new(of.Set.Metadata.Name, ClaimSize.Text(of.Template.Spec?.Resources?.Requests), others);
    }

    /// <summary>By template, set and number, as its controller calls them: <c>data-db-0</c>.</summary>
    internal static bool IsOf(string prefix, string claim) =>
        claim.Length > prefix.Length && claim.StartsWith(prefix, StringComparison.Ordinal) && claim[prefix.Length..].All(char.IsAsciiDigit);

    private static string Prefix(V1StatefulSet set, V1PersistentVolumeClaim template) =>
        $"{template.Metadata.Name}-{set.Metadata.Name}-";
}
