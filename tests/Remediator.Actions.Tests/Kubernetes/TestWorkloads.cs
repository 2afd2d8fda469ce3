using System.Text.Json.Nodes;

namespace Remediator.Actions.Tests.Kubernetes;

/// <summary>Workloads as an API server gives them, with only what a test is about.</summary>
internal static class TestWorkloads
{
    public const string DeploymentPath = "/apis/apps/v1/namespaces/shop/deployments/api";

    public static JsonObject Deployment(string annotations = "{}", string spec = "{}", string limit = "64Mi", long generation = 4) => Merge(
        JsonNode.Parse($$$"""
        {
          "apiVersion": "apps/v1", "kind": "Deployment",
          "metadata": { "name": "api", "namespace": "shop", "uid": "uid-of-api", "generation": {{{generation}}}, "annotations": {{{annotations}}} },
          "spec": {
            "replicas": 2,
            "selector": { "matchLabels": { "app": "api" } },
            "template": {
              "metadata": { "labels": { "app": "api" } },
              "spec": { "containers": [ { "name": "main", "image": "api:1", "resources": { "limits": { "memory": "{{{limit}}}" } }, "fieldOfTheFuture": { "kept": true } } ] }
            }
          },
          "status": { "observedGeneration": {{{generation}}}, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2 }
        }
        """)!.AsObject(),
        new JsonObject { ["spec"] = JsonNode.Parse(spec) });

    public static JsonObject With(this JsonObject workload, Action<JsonObject> change)
    {
        change(workload);
        return workload;
    }

    private static JsonObject Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (value is JsonObject inner && into[key] is JsonObject present)
                Merge(present, inner);
            else
                into[key] = value?.DeepClone();
        }

        return into;
    }
}
