using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Remediator.Core.Commands;
using Remediator.Server.Access;

namespace Remediator.Server.Health;

/// <summary>
/// For probes, which have no credential: what is answered costs the same however many ask, and says why only to those who may see status.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>Shorter than what usual probes wait for.</summary>
    private static readonly TimeSpan ProbeWithin = TimeSpan.FromSeconds(4);

    public static void MapHealth(this WebApplication app)
    {
        var probe = app.Services.GetRequiredService<IHealthProbe>();
        var whole = new Shared<string?>(
            cancellationToken => probe.ProbeAsync(ProbeWithin, cancellationToken), app.Services.GetRequiredService<TimeProvider>());
        app.MapGet("/livez", () => Results.Text("ok")).AllowAnonymous();
        app.MapGet("/readyz", ReadyAsync).AllowAnonymous();
        app.MapGet("/healthcheck", (Delegate)((HttpContext context) => HealthyAsync(context, whole))).AllowAnonymous();
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, Readiness readiness)
    {
        var report = await readiness.CheckAsync(context.RequestAborted);
        var told = await MaySeeWhyAsync(context) ? report : new([.. report.Checks.Select(c => c with { Problem = null })]);
        return Results.Json(told, statusCode: Status(report.Ready));
    }

    /// <summary>Goes the way of an alert: inbox, pump, grain, commit.</summary>
    private static async Task<IResult> HealthyAsync(HttpContext context, Shared<string?> whole)
    {
        var problem = await whole.GetAsync(context.RequestAborted);
        return Results.Json(
            new HealthAnswer(problem is null ? "ok" : "failing", await MaySeeWhyAsync(context) ? problem : null),
            statusCode: Status(problem is null));
    }

    private static async Task<bool> MaySeeWhyAsync(HttpContext context) =>
        await context.AuthenticateAsync(CallerScheme.Name) is { Principal: { } caller }
        && (await context.RequestServices.GetRequiredService<IAuthorizationService>()
            .AuthorizeAsync(caller, new CallScope(""), Rights.Get)).Succeeded;

    private static int Status(bool well) => well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;

    private sealed record HealthAnswer(
        string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem);
}
