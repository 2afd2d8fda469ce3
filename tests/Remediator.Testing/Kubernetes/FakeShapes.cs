using System.Globalization;
using System.Text.Json.Nodes;

namespace Remediator.Testing.Kubernetes;

/// <summary>Objects as an API server shows them, with the fields that somebody reads.</summary>
internal static class FakeShapes
{
    private const string LongAgo = "2026-01-01T00:00:00Z";

    public static JsonObject Node() => Parse("""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{},
         "status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}]}}
        """);

    public static JsonObject Namespace(string name) =>
        Parse($$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}","creationTimestamp":"{{{LongAgo}}}"},"status":{"phase":"Active"}}""");

    public static JsonObject Deployment(string space, string name, int replicas, bool outOfMemory) => Parse($$$$"""
        {"apiVersion":"apps/v1","kind":"Deployment",
         "metadata":{"name":"{{{{name}}}}","namespace":"{{{{space}}}}","generation":1,"creationTimestamp":"{{{{LongAgo}}}}","annotations":{"deployment.kubernetes.io/revision":"1"{{{{(outOfMemory ? ",\"remediator.io/raise-memory-limit\":\"256Mi\"" : "")}}}}}},
         "spec":{"replicas":{{{{replicas}}}},"selector":{"matchLabels":{"app":"{{{{name}}}}"}},
                 "template":{"metadata":{"labels":{"app":"{{{{name}}}}"}},"spec":{"containers":[{"name":"app","image":"app:1"{{{{(outOfMemory ? ",\"resources\":{\"limits\":{\"memory\":\"64Mi\"}}" : "")}}}}}]}}},
         "status":{}}
        """);

    public static JsonObject ReplicaSet(JsonObject deployment, string name, int revision, int replicas)
    {
        var hash = name[(name.LastIndexOf('-') + 1)..];
        var set = Parse($$$"""
            {"apiVersion":"apps/v1","kind":"ReplicaSet",
             "metadata":{"name":"{{{name}}}","namespace":"{{{Text(deployment, "namespace")}}}","generation":1,"creationTimestamp":"{{{Now()}}}",
                         "annotations":{"deployment.kubernetes.io/revision":"{{{revision}}}"}},
             "spec":{"replicas":{{{replicas}}}},"status":{"observedGeneration":1,"replicas":{{{replicas}}}}}
            """);
        set["metadata"]!["labels"] = new JsonObject { ["app"] = Text(deployment, "name"), ["pod-template-hash"] = hash };
        set["metadata"]!["ownerReferences"] = Owner(deployment, "apps/v1", "Deployment");
        set["spec"]!["template"] = deployment["spec"]!["template"]!.DeepClone();
        set["spec"]!["template"]!["metadata"]!["labels"]!["pod-template-hash"] = hash;
        return set;
    }

    public static JsonObject Pod(JsonObject set, string name)
    {
        var pod = Parse($$$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"{{{Text(set, "namespace")}}}","creationTimestamp":"{{{Now()}}}"},
             "status":{"phase":"Running"}}
            """);
        pod["metadata"]!["labels"] = set["spec"]!["template"]!["metadata"]!["labels"]!.DeepClone();
        pod["metadata"]!["ownerReferences"] = Owner(set, "apps/v1", "ReplicaSet");
        pod["spec"] = set["spec"]!["template"]!["spec"]!.DeepClone();
        pod["spec"]!["nodeName"] = "n1";
        return pod;
    }

    public static void Crash(JsonObject pod, bool outOfMemory) => Status(pod, "False", $$$"""
        "ready":false,"restartCount":7,"state":{"waiting":{"reason":"CrashLoopBackOff"}},
        "lastState":{"terminated":{"exitCode":{{{(outOfMemory ? 137 : 3)}}},"reason":"{{{(outOfMemory ? "OOMKilled" : "Error")}}}","finishedAt":"2026-01-01T00:00:00Z"}}
        """);

    public static void Run(JsonObject pod) => Status(pod, "True", """
        "ready":true,"restartCount":0,"state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}},"lastState":{}
        """);

    /// <summary>Its last crash is long past, and so does not count any more.</summary>
    public static void Recover(JsonObject pod) => Status(pod, "True", """
        "ready":true,"restartCount":7,"state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}},"lastState":{"terminated":{"exitCode":3,"reason":"Error","finishedAt":"2026-01-01T00:00:00Z"}}
        """);

    private static void Status(JsonObject pod, string ready, string container) => pod["status"] = Parse($$$"""
        {"phase":"Running","conditions":[{"type":"Ready","status":"{{{ready}}}","lastTransitionTime":"{{{Now()}}}"}],
         "containerStatuses":[{"name":"app","image":"app:1","imageID":"","containerID":"c","started":true,{{{container}}}}]}
        """);

    private static JsonArray Owner(JsonObject owner, string version, string kind) =>
        [new JsonObject {
            ["apiVersion"] = version,
            ["kind"] = kind,
            ["name"] = Text(owner, "name"),
            ["uid"] = Text(owner, "uid"),
            ["controller"] = true }];

    private static string Now() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Text(JsonObject o, string field) => o["metadata"]![field]!.GetValue<string>();

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
