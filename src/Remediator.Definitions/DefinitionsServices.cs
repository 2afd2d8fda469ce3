using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Remediator.Core.Alerts;
using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Definitions.Faults;
using Remediator.Definitions.Live;
using Remediator.Definitions.Routes;

namespace Remediator.Definitions;

public static class DefinitionsServices
{
    /// <summary>
    /// Loads rules and playbooks when they are first asked for, at the latest when the host starts, and follows the files from then on.
    /// Wants the <see cref="Core.Actions.ActionRegistry"/>, and takes the <see cref="IRuleEngine"/> that is registered before, or else
    /// <see cref="NativeRuleEngine"/>. Registers <see cref="IDefinitions"/>, <see cref="IDefinitionsStatus"/> and
    /// <see cref="IAlertRouteReader"/>.
    /// </summary>
    /// <exception cref="DefinitionsInvalidException">At start, when they cannot be used; it carries all faults.</exception>
    public static IServiceCollection AddDefinitions(this IServiceCollection services, DefinitionsOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRuleEngine, NativeRuleEngine>();
        services.AddSingleton(options);
        services.AddSingleton<LiveDefinitions>();
        services.AddSingleton<IDefinitions>(s => s.GetRequiredService<LiveDefinitions>());
        services.AddSingleton<IDefinitionsStatus>(s => s.GetRequiredService<LiveDefinitions>());
        services.AddSingleton<IAlertRouteReader, AlertRouteReader>();
        services.AddHostedService<DefinitionsWatcher>();
        return services;
    }
}
