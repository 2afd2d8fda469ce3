using System.Text;
using Remediator.Actions;
using Remediator.Core.Actions;
using Remediator.Facts;
using Remediator.Server.Access;

namespace Remediator.Server.Permissions;

/// <summary>
/// What the watches, all actions and the authentication of callers declare to need, as Kubernetes' own objects. One role reads; without the
/// second nothing can be changed; the third asks who a caller is and what they may do.
/// </summary>
internal static class ClusterRoles
{
    private static readonly string[] Reading = ["get", "list", "watch"];

    /// <summary>One entry per resource, verbs in order.</summary>
    public static IReadOnlyList<KubernetesPermission> Permissions() =>
        [.. from permission in FactsPermissions.All.Concat(ActionCatalogue.Permissions()).Concat(KubernetesCallers.Permissions)
            group permission by (permission.ApiGroup, permission.Resource) into same
            orderby same.Key.ApiGroup, same.Key.Resource
            select same.First() with { Verbs = [.. same.SelectMany(p => p.Verbs).Distinct().Order(StringComparer.Ordinal)] }];

    public static string Yaml()
    {
        var text = new StringBuilder("# Written by 'remediator permissions' from what its watches and actions declare.\n");
        Append(text, "remediator-read", Permissions().Select(p => p with { Verbs = [.. p.Verbs.Intersect(Reading)] }));
        text.Append("---\n");
        Append(
            text, "remediator-act", Permissions().Where(p => !IsOfCallers(p)).Select(p => p with { Verbs = [.. p.Verbs.Except(Reading)] }));
        text.Append("---\n");
        Append(text, "remediator-authenticate", Permissions().Where(IsOfCallers));
        return text.ToString();
    }

    private static bool IsOfCallers(KubernetesPermission permission) =>
        KubernetesCallers.Permissions.Any(p => (p.ApiGroup, p.Resource) == (permission.ApiGroup, permission.Resource));

    private static void Append(StringBuilder text, string name, IEnumerable<KubernetesPermission> permissions)
    {
        text.Append($"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata:
              name: {name}
              labels:
                app.kubernetes.io/name: remediator
            rules:

            """);
        foreach (var rule in permissions.Where(p => p.Verbs.Count > 0).GroupBy(p => (p.ApiGroup, Verbs: List(p.Verbs))))
        {
            text.Append($"""
                  - apiGroups: ["{rule.Key.ApiGroup}"]
                    resources: {List(rule.Select(p => p.Resource))}
                    verbs: {rule.Key.Verbs}

                """);
        }
    }

    private static string List(IEnumerable<string> words) => $"[{string.Join(", ", words)}]";
}
