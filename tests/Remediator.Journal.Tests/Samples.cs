using Remediator.Core.Alerts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Journal.Tests;

internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static ResourceKey Deployment(string name = "api") => new("prod", "deployment", "shop", name);

    public static NewEvent Event(string payload = """{"reason":"restarts"}""", string? incident = "incident-1") =>
        new("alert-observed", 1, payload, incident, "engine", "0af7651916cd43dd8448eb211c80319c");

    public static Commit Commit(ResourceKey resource, long expectedVersion, params NewEvent[] events) => new()
    {
        Resource = resource,
        ExpectedVersion = expectedVersion,
        At = Noon,
        Events = events,
        Document = $$"""{"events":{{expectedVersion + events.Length}}}""",
        DocumentSchema = ResourceState.Schema
    };

    public static Alert Alert(string fingerprint = "5ef77f1f8a3ecf8d", AlertStatus status = AlertStatus.Firing) => new()
    {
        Name = "KubePodCrashLooping",
        Status = status,
        Labels = new Dictionary<string, string> { ["alertname"] = "KubePodCrashLooping", ["team"] = "支付 \"α\"\n" },
        Annotations = new Dictionary<string, string> { ["summary"] = "it restarts" },
        StartsAt = Noon.AddTicks(1234567),
        EndsAt = status is AlertStatus.Resolved ? Noon.AddMinutes(7) : null,
        Fingerprint = fingerprint,
        GeneratorUrl = "http://prometheus.example/graph"
    };

    public static InboxEntry Entry(string fingerprint = "5ef77f1f8a3ecf8d", AlertStatus status = AlertStatus.Firing) =>
        new(Alert(fingerprint, status), "alertmanager", "trace-1", Noon);
}
