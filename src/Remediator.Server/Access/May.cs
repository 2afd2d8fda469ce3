using Microsoft.AspNetCore.Authorization;

namespace Remediator.Server.Access;

/// <summary>That a caller has a right: everywhere, or in a namespace where the endpoint asks for that itself.</summary>
internal sealed record May(Right Right) : IAuthorizationRequirement;

/// <summary>A namespace that a right is asked for in.</summary>
internal sealed record Place(string Namespace);

/// <summary>On an endpoint that asks by <see cref="Gate"/> once it knows the namespace.</summary>
internal sealed record AsksForPlace;

internal sealed class MayHandler(IHttpContextAccessor requests) : AuthorizationHandler<May>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, May requirement)
    {
        if (Caller.RoleOf(context.User) is { } role)
        {
            if (role >= requirement.Right.Least)
                context.Succeed(requirement);
            else
                Refuse(context, new(StatusCodes.Status403Forbidden, $"{Caller.NameOf(context.User)} is {Text(role)}; this needs the role {Text(requirement.Right.Least)}."));
        }

        return Task.CompletedTask;
    }

    private void Refuse(AuthorizationHandlerContext context, Refusal refusal)
    {
        requests.HttpContext?.Features.Set(refusal);
        context.Fail();
    }

    private static string Text(Role role) => role.ToString().ToLowerInvariant();
}
