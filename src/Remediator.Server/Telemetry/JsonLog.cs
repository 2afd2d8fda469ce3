using System.Diagnostics;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Remediator.Server.Telemetry;

/// <summary>Logs are JSON on stdout, one format, with <c>traceid</c> in every line.</summary>
internal static class JsonLog
{
    public static Serilog.ILogger Create(LogEventLevel level) => new LoggerConfiguration()
        .MinimumLevel.Is(level)
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Orleans", LogEventLevel.Warning)
        // retries inside Orleans are its own business
        .MinimumLevel.Override("Polly", LogEventLevel.Warning)
        // it compares with a time that is not set yet when the silo starts, and warns each time
        .MinimumLevel.Override("Orleans.Runtime.Watchdog", LogEventLevel.Error)
        // why the start failed is said on stderr, once and in words
        .Filter.ByExcluding(IsFailedStart)
        .Enrich.With(new TraceIdEnricher())
        .WriteTo.Console(new JsonLines())
        .CreateLogger();

    private static bool IsFailedStart(LogEvent line) =>
        line.Properties.GetValueOrDefault("EventId") is StructureValue id
        && id.Properties.Any(p => p is { Name: "Name", Value: ScalarValue { Value: "HostedServiceStartupFaulted" } });

    /// <summary>The id of the request or run at hand; all other lines share one id of this process.</summary>
    private sealed class TraceIdEnricher : ILogEventEnricher
    {
        private readonly string _process = ActivityTraceId.CreateRandom().ToHexString();

        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            if (!logEvent.Properties.ContainsKey(JsonLines.TraceId))
                logEvent.AddPropertyIfAbsent(new(
                    JsonLines.TraceId,
                    new ScalarValue(Activity.Current?.TraceId is { } id && id != default ? id.ToHexString() : _process)));
        }
    }
}
