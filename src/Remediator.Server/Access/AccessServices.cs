using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Remediator.Core.Secrets;
using Remediator.Server.Settings;

namespace Remediator.Server.Access;

/// <summary>Who may call, and what they may do.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<AccessOptions>().Bind(settings.GetSection(AccessOptions.Section))
            .Validate(
                access => access.KubernetesAudience.Length > 0,
                "Access:KubernetesAudience is empty; set the audience that tokens of the cluster are made for, such as remediator.")
            .ValidateOnStart();
        services.AddSingleton<SecretFiles>();
        services.AddSingleton<ISecrets>(provider => provider.GetRequiredService<SecretFiles>());
        services.AddHostedService(provider => provider.GetRequiredService<SecretFiles>());
        services.AddSingleton<ICredential, TokenFileCredential>();
        services.AddSingleton<ICredential, NamedTokenCredential>();
        services.AddSingleton<KubernetesCallers>();
        services.AddSingleton<ICredential>(provider => provider.GetRequiredService<KubernetesCallers>());
        services.AddHttpContextAccessor();
        services.AddAuthenticationCore().AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, CallerScheme>(CallerScheme.Name, null);
        services.AddSingleton<IAuthorizationHandler, MayHandler>();
        services.AddSingleton<Gate>();
        var policies = services.AddAuthorizationBuilder();
        foreach (var right in Rights.All)
            policies.AddPolicy(right.Name, policy =>
                policy.AddAuthenticationSchemes(CallerScheme.Name).RequireAuthenticatedUser().AddRequirements(new May(right)));
        // what says nothing of who may call it is for nobody
        policies.SetFallbackPolicy(new AuthorizationPolicyBuilder(CallerScheme.Name).RequireAssertion(_ => false).Build());
        return services;
    }
}
