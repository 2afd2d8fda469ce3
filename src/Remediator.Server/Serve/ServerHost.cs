using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Remediator.Journal;
using Remediator.Server.Access;
using Remediator.Server.Api;
using Remediator.Server.Health;
using Remediator.Server.Settings;
using Remediator.Server.Silo;
using Remediator.Server.Telemetry;
using Remediator.Sources;
using Serilog;
using Serilog.Events;

namespace Remediator.Server.Serve;

/// <summary>Everything that the server is made of, in one list.</summary>
internal static class ServerHost
{
    internal static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(30);

    public static WebApplication Build(IConfigurationRoot settings, DataFolder folder)
    {
        // empty, because the usual one reads environment variables without our prefix and files of the current folder
        var builder =
            WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory, ApplicationName = "remediator" });
        builder.Configuration.AddConfiguration(settings);
        builder.WebHost.UseKestrelCore().UseUrls(settings["Listen"] ?? new ServerOptions().Listen);
        builder.Services.AddSerilog(JsonLog.Create(Level(settings)), dispose: true);
        builder.Services.AddSingleton(folder);
        builder.Services.AddAnnouncedServer();
        builder.AddSilo(settings, folder);
        AddServer(builder.Services, settings);
        builder.AddEngine(settings);

        return builder.Build();
    }

    public static void Map(WebApplication app)
    {
        app.UseTraceIds();
        app.UseStatusCodePages(answer => UnreadRequest.AnswerAsync(answer.HttpContext));
        app.UseRouting();
        app.UseAuthorization();
        app.MapSources();
        app.MapOperatorApi();
        app.MapHealth();
        var metrics = app.MapPrometheusScrapingEndpoint("/metrics");
        _ = app.Services.GetRequiredService<IOptions<AccessOptions>>().Value.MetricsNeedToken
            ? metrics.RequireAuthorization(Rights.Get)
            : metrics.AllowAnonymous();
        app.MapFallback(
            "{*path}",
            (HttpContext context) => UnreadRequest.IsOfAnotherType(context.Request)
                ? Results.StatusCode(StatusCodes.Status415UnsupportedMediaType)
                : Results.Json(
                    new ApiError($"There is nothing at {context.Request.Method} {context.Request.Path}."),
                    statusCode: StatusCodes.Status404NotFound))
            .AllowAnonymous();
    }

    private static void AddServer(IServiceCollection services, IConfiguration settings)
    {
        services.AddAccess(settings);
        services.AddJournal();
        services.AddRouting();
        services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        services.AddTelemetry();
        services.AddSingleton<StatusReporter>();
        services.AddSingleton<EngineView>();
        services.AddSingleton<AlertDoubts>();
        services.AddSingleton<Readiness>();
        services.AddHostedService<ReadinessWatch>();
        services.AddSources(settings);
        services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsValidator>();
        services.AddOptions<ServerOptions>().Bind(settings).ValidateOnStart();
        services.Configure<HostOptions>(host =>
        {
            // alerts are taken in while the silo still joins: intake needs nothing but the store
            host.ServicesStartConcurrently = true;
            // what is being done has its grace, and then requests and the silo have to end
            host.ShutdownTimeout = Grace(settings) + AfterDrain;
        });
    }

    // both are needed before settings are checked, where all faults are told at once

    private static TimeSpan Grace(IConfiguration settings) =>
        TimeSpan.TryParse(
            settings.GetSection(EngineOptions.Section)[nameof(EngineOptions.ShutdownGrace)], CultureInfo.InvariantCulture, out var grace)
            ? grace
            : new EngineOptions().ShutdownGrace;

    private static LogEventLevel Level(IConfiguration settings) =>
        Enum.TryParse<LogEventLevel>(settings["LogLevel"], ignoreCase: true, out var level) ? level : LogEventLevel.Information;
}
