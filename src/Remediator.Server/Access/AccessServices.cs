using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Remediator.Core.Secrets;

namespace Remediator.Server.Access;

/// <summary>Who may call, and what they may do.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<SecretFiles>();
        services.AddSingleton<ISecrets>(provider => provider.GetRequiredService<SecretFiles>());
        services.AddHostedService(provider => provider.GetRequiredService<SecretFiles>());
        services.AddSingleton<ICredential, TokenFileCredential>();
        services.AddHttpContextAccessor();
        services.AddAuthenticationCore().AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, CallerScheme>(CallerScheme.Name, null);
        services.AddSingleton<IAuthorizationHandler, MayHandler>();
        services.AddSingleton<Gate>();
        var policies = services.AddAuthorizationBuilder();
        foreach (var right in Rights.All)
            policies.AddPolicy(right.Name, policy => policy.AddAuthenticationSchemes(CallerScheme.Name).RequireAuthenticatedUser().AddRequirements(new May(right)));
        // what says nothing of who may call it is for nobody
        policies.SetFallbackPolicy(new AuthorizationPolicyBuilder(CallerScheme.Name).RequireAssertion(_ => false).Build());
        return services;
    }
}
