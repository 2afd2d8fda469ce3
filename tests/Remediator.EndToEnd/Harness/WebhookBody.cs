using System.Net.Http.Headers;
using System.Text.Json;

namespace Remediator.EndToEnd.Harness;

/// <summary>What Alertmanager posts: webhook version 4.</summary>
internal static class WebhookBody
{
    /// <summary>With its length said before, as Alertmanager does.</summary>
    public static HttpContent Firing(DateTimeOffset startsAt, params IEnumerable<IReadOnlyDictionary<string, string>> alerts) =>
        new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new
        {
            version = "4",
            groupKey = "{}:{}",
            truncatedAlerts = 0,
            status = "firing",
            receiver = "remediator",
            groupLabels = new { },
            commonLabels = new { },
            commonAnnotations = new { },
            externalURL = "http://alertmanager:9093",
            alerts = alerts.Select(labels => new
            {
                status = "firing",
                labels,
                annotations = new { },
                startsAt,
                endsAt = "0001-01-01T00:00:00Z",
                generatorURL = "http://prometheus:9090/graph",
            }),
        })) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Alerts about deployments that nobody knows, so that nothing is done about them.</summary>
    public static IReadOnlyDictionary<string, string> Unknown(string space, string deployment, string alertname = "SomethingElse") =>
        new Dictionary<string, string>
    {
        ["alertname"] = alertname,
        ["namespace"] = space,
        ["deployment"] = deployment,
        ["severity"] = "warning",
    };
}
