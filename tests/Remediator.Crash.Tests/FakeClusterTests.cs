using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Remediator.Testing.Kubernetes;

namespace Remediator.Crash.Tests;

/// <summary>What counts the effects has to be honest itself.</summary>
public sealed class FakeClusterTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/shop/pods";
    private const string Deployment = "/apis/apps/v1/namespaces/shop/deployments/api";

    private FakeCluster _cluster = null!;
    private HttpClient _client = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await FakeCluster.StartAsync();
        _cluster.Add(new("shop", "api", repair => repair is Repair.Rollout));
        _client = new() { BaseAddress = new(_cluster.Address) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Eviction_OfAnotherUid_IsRefused_AndCountsForNothing()
    {
        var pod = await CrashingAsync();
        using var refused = await EvictAsync(pod, "another");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Empty(_cluster.Effects);
        Assert.Equal(Uid(pod), Uid(await CrashingAsync()));
    }

    [Fact]
    public async Task Eviction_IsCountedOnce_AndThePodReplaced()
    {
        var pod = await CrashingAsync();
        using var first = await EvictAsync(pod, Uid(pod));
        using var second = await EvictAsync(pod, Uid(pod));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NotFound), (first.StatusCode, second.StatusCode));
        var effect = Assert.Single(_cluster.Effects);
        Assert.Equal(("evict", "shop", Uid(pod)), (effect.Act, effect.Namespace, effect.Uid));
        Assert.NotEqual(Uid(pod), Uid(await CrashingAsync()));
        Assert.Equal(2, (await GetAsync(Pods))["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Patch_WhoseTestFails_ChangesNothing()
    {
        var before = await GetAsync(Deployment);
        using var refused = await PatchAsync("""[{"op":"test","path":"/metadata/generation","value":7},{"op":"add","path":"/metadata/annotations/x","value":"y"}]""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(before.ToJsonString(), (await GetAsync(Deployment)).ToJsonString());
        Assert.Empty(_cluster.Effects);
    }

    [Fact]
    public async Task Patch_OfTheTemplate_RollsOut_AndCarriesItsMark()
    {
        using var answer = await PatchAsync("""
            [{"op":"test","path":"/metadata/generation","value":1},{"op":"test","path":"/spec/template/metadata/annotations","value":null},
             {"op":"add","path":"/spec/template/metadata/annotations","value":{"remediator.io/restarted-at":"now"}},{"op":"add","path":"/metadata/annotations/remediator.io~1action-id","value":"r1-0"}]
            """);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("r1-0", Assert.Single(_cluster.Effects).ActionId);
        Assert.Empty(_cluster.CrashingPods("shop"));
        var deployment = await GetAsync(Deployment);
        Assert.Equal(
            (2, 2, 2),
            (
                Number(deployment, "metadata", "generation"), Number(deployment, "status", "observedGeneration"),
                Number(deployment, "status", "readyReplicas")));
    }

    [Fact]
    public async Task LostAnswer_IsAChangeAllTheSame_AndReadsAreRefusedAfterIt()
    {
        _cluster.LoseAnswer("shop", 1);
        var pod = await CrashingAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => EvictAsync(pod, Uid(pod)));
        Assert.Single(_cluster.Effects);
        using var refused = await _client.GetAsync(Pods, Token);
        using var granted = await _client.GetAsync(Pods, Token);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (refused.StatusCode, granted.StatusCode));
    }

    [Fact]
    public async Task Watch_TellsEveryChangeSinceItsVersion_InOrder()
    {
        var version = (await GetAsync("/api/v1/pods"))["metadata"]!["resourceVersion"]!.GetValue<string>();
        var pod = await CrashingAsync();
        (await EvictAsync(pod, Uid(pod))).Dispose();
        using var watch = await _client.GetAsync($"/api/v1/pods?watch=true&timeoutSeconds=1&resourceVersion={version}", Token);
        var lines = (await watch.Content.ReadAsStringAsync(Token))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonNode.Parse(l)!)
            .ToList();
        Assert.Equal(["DELETED", "ADDED"], lines.Select(l => l["type"]!.GetValue<string>()).Where(t => t != "BOOKMARK"));
        Assert.Equal(Uid(pod), Uid(lines[0]["object"]!));
    }

    private async Task<JsonNode> CrashingAsync()
    {
        var name = Assert.Single(_cluster.CrashingPods("shop"));
        return (await GetAsync(Pods))["items"]!.AsArray().Single(p => p!["metadata"]!["name"]!.GetValue<string>() == name)!;
    }

    private async Task<JsonNode> GetAsync(string path) => (await _client.GetFromJsonAsync<JsonNode>(path, Token))!;

    private Task<HttpResponseMessage> EvictAsync(JsonNode pod, string uid) => _client.PostAsJsonAsync(
        $"{Pods}/{pod["metadata"]!["name"]}/eviction", new { deleteOptions = new { preconditions = new { uid } } }, Token);

    private async Task<HttpResponseMessage> PatchAsync(string operations)
    {
        using var content = new StringContent(operations, Encoding.UTF8, "application/json-patch+json");
        return await _client.PatchAsync(Deployment, content, Token);
    }

    private static string Uid(JsonNode o) => o["metadata"]!["uid"]!.GetValue<string>();

    private static int Number(JsonNode o, string part, string field) => o[part]![field]!.GetValue<int>();
}
