using Remediator.Core.Incidents;

namespace Remediator.Server.Health;

internal static class HealthEndpoints
{
    /// <summary>Shorter than what usual probes wait for.</summary>
    private static readonly TimeSpan ProbeWithin = TimeSpan.FromSeconds(4);

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/livez", () => Results.Text("ok"));
        app.MapGet("/readyz", async (Readiness readiness, CancellationToken cancellationToken) =>
        {
            var report = await readiness.CheckAsync(cancellationToken);
            return Results.Json(report, statusCode: report.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
        app.MapGet("/healthcheck", HealthcheckAsync);
    }

    /// <summary>Goes the way of an alert: inbox, pump, grain, commit.</summary>
    private static async Task<IResult> HealthcheckAsync(IHealthProbe probe, CancellationToken cancellationToken)
    {
        var problem = await probe.ProbeAsync(ProbeWithin, cancellationToken);
        return problem is null
            ? Results.Json(new HealthAnswer("ok", null))
            : Results.Json(new HealthAnswer("failing", problem), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record HealthAnswer(string Status, string? Problem);
}
