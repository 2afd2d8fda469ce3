using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.RolloutUndo;
using Remediator.Core.Actions;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Kubernetes.RolloutUndo;

/// <summary>
/// The annotation kubernetes.io/change-cause stays on a workload until somebody sets it: the next revision would be shown under a cause of
/// ours, whoever makes it.
/// </summary>
public sealed class CauseOfAnUndoTests : IAsyncLifetime
{
    private const string Key = "kubernetes.io/change-cause";
    private const string Patched = "/metadata/annotations/kubernetes.io~1change-cause";

    private readonly FakeTimeProvider _time = new(TestPods.Now);
    private HttpEndpoint _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await HttpEndpoint.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("release 2", "release 1", "add", "release 1")]
    [InlineData(null, "release 1", "add", "release 1")]
    [InlineData("release 2", null, "remove", null)]
    [InlineData(null, null, null, null)]
    public async Task TheCauseOfTheRevisionThatItGoesBackTo_ComesBackWithIt(string? now, string? before, string? operation, string? cause)
    {
        Lay(now, before);
        await Action().ApplyAsync(Request, Plan, Token);
        Assert.Equal((operation, cause), Sent());
    }

    [Fact]
    public async Task WhatTakesTheUndoBack_BringsTheCauseOfTheReleaseBack()
    {
        Lay("release 1", "release 1", template: "api:1", causeOfNewest: "release 2");
        await Action().UndoAsync(Request, Plan, Token);
        Assert.Equal(("add", "release 2"), Sent());
    }

    private static ActionRequest Request => Requests.For(new RolloutUndoInput(), kind: "deployment");

    private static ActionPlan Plan => new()
    {
        Summary = "take it back",
        Preconditions = new Dictionary<string, string> { ["uid"] = "uid-of-api", ["generation"] = "4" },
        Parameters = new Dictionary<string, string> { ["from"] = "uid-of-api-2", ["to"] = "uid-of-api-1" },
    };

    private RolloutUndoAction Action()
    {
        var api = new ClusterApi(() => _server.Client(), _time);
        return new(api, new(api));
    }

    private void Lay(string? now, string? before, string template = "api:2", string? causeOfNewest = null)
    {
        var deployment = TestWorkloads.Deployment(Annotations(now, "\"owner\": \"a\"")).With(d => SetImage(d, template));
        _server.Always("GET", TestWorkloads.DeploymentPath, ApiAnswers.Found(deployment));
        _server.Always("PATCH", TestWorkloads.DeploymentPath, ApiAnswers.Found(deployment));
        _server.Always("GET", "/api/v1/namespaces/shop/pods", List());
        _server.Always("GET", "/apis/apps/v1/namespaces/shop/replicasets", List(Set(1, before), Set(2, causeOfNewest ?? now)));
    }

    /// <summary>What of the patch is about the cause.</summary>
    private (string? Operation, string? Cause) Sent()
    {
        var patch = JsonNode.Parse(Assert.Single(_server.Of("PATCH", TestWorkloads.DeploymentPath)).Body)!.AsArray();
        Assert.Contains(patch, o => o!["path"]!.GetValue<string>() == "/spec/template");
        Assert.DoesNotContain("remediator:", patch.ToJsonString(), StringComparison.Ordinal);
        var about = patch.SingleOrDefault(o => o!["path"]!.GetValue<string>() == Patched);
        return (about?["op"]?.GetValue<string>(), about?["value"]?.GetValue<string>());
    }

    /// <summary>A ReplicaSet as a Deployment's controller makes it of the template of that image.</summary>
    private static JsonObject Set(int number, string? cause)
    {
        var template = TestWorkloads.Deployment().With(d => SetImage(d, $"api:{number}"))["spec"]!["template"]!.DeepClone();
        template["metadata"]!["labels"]!["pod-template-hash"] = $"{number}";
        return new()
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"api-{number}", ["namespace"] = "shop", ["uid"] = $"uid-of-api-{number}",
                ["labels"] = new JsonObject { ["pod-template-hash"] = $"{number}" },
                ["annotations"] = JsonNode.Parse(Annotations(cause, $"\"deployment.kubernetes.io/revision\": \"{number}\"")),
                ["ownerReferences"] = new JsonArray(new JsonObject
                {
                    ["kind"] = "Deployment", ["name"] = "api", ["uid"] = "uid-of-api", ["controller"] = true,
                }),
            },
            ["spec"] = new JsonObject { ["template"] = template },
        };
    }

    private static void SetImage(JsonObject workload, string image) =>
        workload["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = image;

    private static string Annotations(string? cause, string others) =>
        $"{{ {others}{(cause is null ? "" : $", \"{Key}\": \"{cause}\"")} }}";

    private static Answer List(params JsonObject[] items) =>
        ApiAnswers.Found(new JsonObject { ["kind"] = "List", ["metadata"] = new JsonObject(), ["items"] = new JsonArray([.. items]) });
}
