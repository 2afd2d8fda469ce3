using System.Security.Claims;
using Remediator.Core.Commands;
using k8s.Models;

namespace Remediator.Server.Access;

/// <summary>Somebody as the API server described them; its RBAC is asked with exactly this.</summary>
/// <param name="Key">Of what is remembered of them for a moment.</param>
internal sealed record KubernetesUser(V1UserInfo Info, string Key)
{
    public string Name => Person.KubernetesPrefix + Info.Username;

    public ClaimsPrincipal ToPrincipal() =>
        new(new ClaimsIdentity([new(ClaimTypes.Name, Name)], CallerScheme.Name) { BootstrapContext = this });

    /// <returns>Null for a caller with a token of ours.</returns>
    public static KubernetesUser? Of(ClaimsPrincipal caller) => (caller.Identity as ClaimsIdentity)?.BootstrapContext as KubernetesUser;
}
