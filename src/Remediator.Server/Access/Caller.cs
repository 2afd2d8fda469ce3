using System.Security.Claims;

namespace Remediator.Server.Access;

/// <summary>A principal: its name, which is journalled, and what says what it may do: a role of ours, or Kubernetes.</summary>
internal static class Caller
{
    private const string RoleClaim = "role";

    public static ClaimsPrincipal WithRole(string name, Role role) =>
        new(new ClaimsIdentity([new(ClaimTypes.Name, name), new(RoleClaim, role.ToString())], CallerScheme.Name));

    public static Role? RoleOf(ClaimsPrincipal caller) => Enum.TryParse<Role>(caller.FindFirstValue(RoleClaim), out var role) ? role : null;

    public static string NameOf(ClaimsPrincipal caller) =>
        caller.FindFirstValue(ClaimTypes.Name) ?? throw new InvalidOperationException("Nobody was authenticated.");
}
