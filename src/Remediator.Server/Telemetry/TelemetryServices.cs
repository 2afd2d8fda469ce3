using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Remediator.Server.Telemetry;

internal static class TelemetryServices
{
    /// <summary>All meters of the engine, of the runtime and of ASP.NET Core, for Prometheus to scrape.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("remediator", serviceVersion: ProgramVersion.Text))
            .WithMetrics(metrics => metrics
            .AddMeter("Remediator.*")
            .AddRuntimeInstrumentation()
            .AddAspNetCoreInstrumentation()
            .AddPrometheusExporter());
        return services;
    }
}
