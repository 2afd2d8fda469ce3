using System.Security.Claims;

namespace Remediator.Server.Access;

/// <summary>One sort of bearer token.</summary>
internal interface ICredential
{
    /// <summary>Null where the token is none of this sort.</summary>
    Task<Authentication?> AuthenticateAsync(string token, CancellationToken cancellationToken);
}

/// <summary>Whose token it is, or why that cannot be said.</summary>
internal sealed record Authentication(ClaimsPrincipal? Caller, Refusal? Refusal)
{
    public static Authentication Of(ClaimsPrincipal caller) => new(caller, null);

    public static Authentication Refused(int status, string reason) => new(null, new(status, reason));
}
