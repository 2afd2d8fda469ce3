using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Remediator.Sources.Tracing;

/// <summary>Gives every request its trace id: in its log lines as <c>traceid</c>, and in the answer's header.</summary>
internal sealed class TraceIdMiddleware(RequestDelegate next, ILogger<TraceIdMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var id = TraceIds.Find(context.Request);
        context.TraceIdentifier = id;
        context.Response.Headers[TraceIds.Header] = id;
        using (logger.BeginScope(new KeyValuePair<string, object>[] { new("traceid", id) }))
        {
            await next(context);
        }
    }
}
