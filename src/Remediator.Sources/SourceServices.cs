using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Pages;
using Remediator.Sources.Alertmanager;
using Remediator.Sources.Alertmanager.Lists;
using Remediator.Sources.Alertmanager.Pages;
using Remediator.Sources.Alertmanager.Reconcile;
using Remediator.Sources.Alertmanager.Routes;
using Remediator.Sources.Alertmanager.Silences;
using Remediator.Sources.Grafana;
using Remediator.Sources.Intake;
using Remediator.Sources.Tracing;

namespace Remediator.Sources;

/// <summary>All ways in; a new source is one folder and one line in each of the two lists.</summary>
public static class SourceServices
{
    /// <summary>
    /// Needs an <see cref="Core.Journal.IInbox"/> and <see cref="Core.Secrets.ISecrets"/>; to compare with Alertmanager's lists also the
    /// journal, the leases and an <see cref="IAlertRouteReader"/>.
    /// </summary>
    public static IServiceCollection AddSources(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<IntakeOptions>().Bind(configuration.GetSection(IntakeOptions.Section)).ValidateOnStart();
        services.AddOptions<AlertmanagerSourceOptions>()
            .Bind(configuration.GetSection(AlertmanagerSourceOptions.Section))
            .ValidateOnStart();
        services.AddOptions<AlertmanagerGroups>()
            .Configure(groups => configuration.GetSection(AlertmanagerGroup.Section).Bind(groups.All))
            .ValidateOnStart();
        var groups = configuration.GetSection(AlertmanagerGroup.Section).Get<List<AlertmanagerGroup>>() ?? [];
        services.AddSingleton(new RepeatingSources([.. groups.Where(g => g.Urls.Count == 0).Select(g => g.Source)]));
        if (groups.Exists(g => g.Urls.Count > 0))
        {
            services.AddSingleton<AlertmanagerClient>()
                .AddSingleton<AlertmanagerLists>()
                .AddSingleton<GroupLists>()
                .AddHostedService<ReconcileService>();
            services.AddSingleton<SilenceWatch>()
                .AddSingleton<ISilences>(s => s.GetRequiredService<SilenceWatch>())
                .AddHostedService(s => s.GetRequiredService<SilenceWatch>());
            services.AddSingleton<RouteWatch>()
                .AddSingleton<IAlertRoutes>(s => s.GetRequiredService<RouteWatch>())
                .AddHostedService(s => s.GetRequiredService<RouteWatch>());
            services.AddSingleton<IPageSilences, OwnSilences>().AddHostedService<HeldAlertWatch>();
        }

        AddDeliveryScheme(services);
        return services
            .AddSingleton<IValidateOptions<IntakeOptions>, IntakeOptionsValidator>()
            .AddSingleton<IValidateOptions<AlertmanagerSourceOptions>, AlertmanagerSourceOptionsValidator>()
            .AddSingleton<IValidateOptions<AlertmanagerGroups>, AlertmanagerGroupsValidator>()
            .AddSingleton<Credentials>()
            .AddSingleton<IntakeGate>()
            .AddSingleton<IntakeMetrics>()
            .AddSingleton<DeliveryIntake>()
            .AddSingleton<AlertmanagerSource>()
            .AddSingleton<GrafanaSource>();
    }

    /// <summary>
    /// Without <c>AddAuthentication</c>, which adds the protection of cookies: its keys would have to be kept in a folder.
    /// </summary>
    private static void AddDeliveryScheme(IServiceCollection services)
    {
        services.AddAuthenticationCore().AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, DeliveryScheme>(DeliveryScheme.Name, null);
        services.AddAuthorizationBuilder().AddPolicy(
            DeliveryScheme.Name, policy => policy.AddAuthenticationSchemes(DeliveryScheme.Name).RequireAuthenticatedUser());
    }

    /// <summary>Before everything that logs.</summary>
    public static IApplicationBuilder UseTraceIds(this IApplicationBuilder app) => app.UseMiddleware<TraceIdMiddleware>();

    /// <summary>Behind authorization, which refuses a delivery before its body is read.</summary>
    public static IEndpointRouteBuilder MapSources(this IEndpointRouteBuilder routes)
    {
        Map<AlertmanagerSource>(routes, AlertmanagerSource.Route, (source, context) => source.ReceiveAsync(context, null));
        Map<AlertmanagerSource>(
            routes,
            $"{AlertmanagerSource.Route}/{{group}}",
            (source, context) => source.ReceiveAsync(context, (string)context.Request.RouteValues["group"]!));
        Map<GrafanaSource>(routes, GrafanaSource.Route, (source, context) => source.ReceiveAsync(context));
        return routes;
    }

    private static void Map<T>(IEndpointRouteBuilder routes, string route, Func<T, HttpContext, Task<IResult>> receive)
        where T : notnull
    {
        var source = routes.ServiceProvider.GetRequiredService<T>();
        routes.MapPost(route, async context => await (await receive(source, context)).ExecuteAsync(context))
            .RequireAuthorization(DeliveryScheme.Name);
    }
}
