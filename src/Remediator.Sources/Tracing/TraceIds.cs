using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Remediator.Sources.Tracing;

/// <summary>The one id that follows a request through logs, journal and outgoing calls.</summary>
public static class TraceIds
{
    public const string Header = "X-Trace-Id";
    private const int Longest = 64;
    private static readonly string[] Accepted = [Header, "X-Request-Id"];

    /// <summary>The request's id, once <see cref="TraceIdMiddleware"/> has run.</summary>
    public static string Of(HttpContext context) => context.TraceIdentifier;

    /// <summary>
    /// From <c>traceparent</c>, <c>X-Trace-Id</c> or <c>X-Request-Id</c>, in this order; a value of another form is passed over, since it
    /// would end in every log line.
    /// </summary>
    internal static string Find(HttpRequest request)
    {
        if (ActivityContext.TryParse(request.Headers.TraceParent, null, out var parent) && parent.TraceId != default)
            return parent.TraceId.ToHexString();

        foreach (var header in Accepted)
        {
            if (request.Headers[header] is [{ } value] && IsAcceptable(value))
                return value;
        }

        return (Activity.Current?.TraceId is { } current && current != default ? current : ActivityTraceId.CreateRandom()).ToHexString();
    }

    private static bool IsAcceptable(string value) =>
        value.Length is > 0 and <= Longest && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
