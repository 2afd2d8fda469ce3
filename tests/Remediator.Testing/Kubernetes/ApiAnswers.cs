using System.Globalization;
using System.Text.Json.Nodes;
using k8s;

namespace Remediator.Testing.Kubernetes;

/// <summary>What an API server says, and how to talk to an endpoint that plays one.</summary>
public static class ApiAnswers
{
    public static k8s.Kubernetes Client(this HttpEndpoint endpoint) =>
        new(new KubernetesClientConfiguration { Host = endpoint.Url.ToString() });

    public static Answer Found(IKubernetesObject o) => new(200, KubernetesJson.Serialize(o));

    public static Answer Found(JsonNode o) => new(200, o.ToJsonString());

    public static Answer List<T>(params IEnumerable<T> items)
        where T : IKubernetesObject =>
        new(200, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "1" },
            ["items"] = new JsonArray([.. items.Select(i => JsonNode.Parse(KubernetesJson.Serialize(i)))]),
        }.ToJsonString());

    public static Answer Success { get; } = new(200, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}""");

    /// <summary>A refusal or a fault, as the API server words it. The client's own type for it cannot be written.</summary>
    /// <param name="cause">Reason and message of the one cause in the details.</param>
    public static Answer Failure(
        int status, string reason, string message, int retryAfter = 0, (string Reason, string Message)? cause = null)
    {
        var details = new JsonObject();
        if (retryAfter > 0)
            details["retryAfterSeconds"] = retryAfter;
        if (cause is { } c)
            details["causes"] = new JsonArray(new JsonObject { ["reason"] = c.Reason, ["message"] = c.Message });
        var body = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
            ["details"] = details,
            ["code"] = status,
        };
        return new(
            status,
            body.ToJsonString(),
            retryAfter == 0
                ? null
                : new Dictionary<string, string> { ["Retry-After"] = retryAfter.ToString(CultureInfo.InvariantCulture) });
    }

    public static Answer Hang { get; } = new(Status: null);
}
