using Microsoft.AspNetCore.Authorization;

namespace Remediator.Server.Access;

/// <summary>Asks whether the caller of a request has a right in a namespace that only its endpoint knows.</summary>
internal sealed class Gate(IAuthorizationService authorization)
{
    /// <param name="space">Empty for what belongs to no namespace, or to all.</param>
    /// <returns>Null where the caller has it.</returns>
    public async Task<IResult?> RefusalAsync(HttpContext context, string right, string space) =>
        (await authorization.AuthorizeAsync(context.User, new CallScope(space), right)).Succeeded
            ? null
            : (context.Features.Get<Refusal>() ?? new(StatusCodes.Status403Forbidden, "This is not allowed.")).ToResult();
}
