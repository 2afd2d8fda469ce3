using Microsoft.AspNetCore.Authorization;

namespace Remediator.Server.Access;

/// <summary>That a caller has a right: everywhere, or in a namespace where the endpoint asks for that itself.</summary>
internal sealed record May(Right Right) : IAuthorizationRequirement;

/// <summary>A namespace that a right is asked for in; empty for all, and for what belongs to none.</summary>
internal sealed record CallScope(string Namespace);

/// <summary>On an endpoint that asks by <see cref="Gate"/> once it knows the namespace.</summary>
internal sealed record AsksForPlace;

internal sealed class MayHandler(KubernetesCallers kubernetes, IHttpContextAccessor requests) : AuthorizationHandler<May>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, May requirement)
    {
        if (await RefusalAsync(context, requirement.Right) is not { } refusal)
        {
            context.Succeed(requirement);
            return;
        }

        requests.HttpContext?.Features.Set(refusal);
        context.Fail();
    }

    private async Task<Refusal?> RefusalAsync(AuthorizationHandlerContext context, Right right) => context.User switch
    {
        var caller when Caller.RoleOf(caller) is { } role => role >= right.Least
            ? null
            : new(StatusCodes.Status403Forbidden, $"{Caller.NameOf(caller)} is {Text(role)}; this needs the role {Text(right.Least)}."),
        var caller when KubernetesUser.Of(caller) is { } user => context.Resource switch
        {
            HttpContext request when request.GetEndpoint()?.Metadata.GetMetadata<AsksForPlace>() is not null => null,
            var resource => await kubernetes.RefusalAsync(
                user, right.Name, (resource as CallScope)?.Namespace ?? "", requests.HttpContext?.RequestAborted ?? default),
        },
        // nobody: authentication knows why
        _ => requests.HttpContext?.Features.Get<Refusal>() ?? CallerScheme.Missing,
    };

    private static string Text(Role role) => role.ToString().ToLowerInvariant();
}
