using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Remediator.Testing.Kubernetes;

/// <summary>The API server's answers over the objects.</summary>
internal sealed class FakeApi(FakeObjects objects, FakeControllers controllers, ConcurrentQueue<Effect> effects)
{
    private const string Mark = "remediator.io/action-id";
    private const string OnNode = "spec.nodeName=";

    private readonly ConcurrentDictionary<string, int> _losing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);

    /// <summary>Told each request by who sends it (its token), method and path, before it is answered.</summary>
    public Func<string, string, string, Task> Asked { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Told each change that was made, before its answer goes out.</summary>
    public Func<Effect, Task> Changed { get; set; } = _ => Task.CompletedTask;

    public void LoseAnswer(string space, int refusals) => _losing[space] = refusals;

    public async Task AnswerAsync(HttpContext context)
    {
        var asked = ApiPath.Parse(context.Request.Path.Value!);
        var by = context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        var body = context.Request.Method == "GET"
            ? null
            : await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        await Asked(by, context.Request.Method, context.Request.Path.Value!);
        if (body is not null)
        {
            await GiveAsync(context, objects.Atomic(() => Change(context.Request.Method, asked, body, by)), asked.Namespace);
        }
        else if (asked.Namespace.Length > 0 && _refusals.AddOrUpdate(asked.Namespace, -1, (_, left) => left - 1) >= 0)
        {
            await ToClientAsync(
                context,
                ApiAnswers.Failure(403, "Forbidden", $"{asked.Plural} is forbidden: nobody may read namespace {asked.Namespace} now"));
        }
        else if (context.Request.Query["watch"].ToString() is "true" or "1")
        {
            await FakeWatch.RunAsync(context, objects, asked);
        }
        else
        {
            await ToClientAsync(
                context, Read(asked, context.Request.Query["labelSelector"].ToString(), context.Request.Query["fieldSelector"].ToString()));
        }
    }

    private Answer Read(ApiPath asked, string labels, string fields) => asked switch
    {
        { Plural: "" } => ApiPath.Offered(asked.Folder) is { } offered ? ApiAnswers.Found(offered) : NotFound(asked),
        { IsKnown: false } => NotFound(asked),
        { Sub: "log" } => objects.Find("pods", asked.Namespace, asked.Name) is null
            ? NotFound(asked)
            : new(200, "2026-01-01T00:00:00Z cannot open the orders database\n", ContentType: "text/plain"),
        { Name: "" } => List(asked, labels, fields),
        _ => objects.Find(asked.Plural, asked.Namespace, asked.Name) is { } found ? ApiAnswers.Found(found) : NotFound(asked),
    };

    /// <param name="fields">Of these, only the node of pods is pretended.</param>
    private Answer List(ApiPath asked, string labels, string fields)
    {
        var (version, items) = objects.List(asked.Plural, asked.Namespace.Length > 0 ? asked.Namespace : null);
        var wanted = labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=', 2)).ToList();
        if (fields.StartsWith(OnNode, StringComparison.Ordinal))
            items = [.. items.Where(i => i["spec"]!["nodeName"]?.GetValue<string>() == fields[OnNode.Length..])];
        return ApiAnswers.Found(new JsonObject
        {
            ["apiVersion"] = asked.Folder == "api/v1" ? "v1" : asked.Folder["apis/".Length..],
            ["kind"] = "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) },
            ["items"] =
                new JsonArray([.. items.Where(i => wanted.TrueForAll(w => i["metadata"]!["labels"]?[w[0]]?.GetValue<string>() == w[1]))]),
        });
    }

    private (Answer Answer, Effect? Made) Change(string method, ApiPath asked, JsonNode body, string by) => (method, asked) switch
    {
        ("POST", { Plural: "pods", Sub: "eviction" }) => Remove(asked, body["deleteOptions"], "evict", by),
        ("DELETE", { Plural: "pods", Sub: "" }) => Remove(asked, body, "delete", by),
        ("PATCH", { Plural: "deployments", Sub: "" }) => Patch(asked, body.AsArray(), by),
        ("PATCH", { Plural: "nodes", Sub: "" }) => Merge(asked, body.AsObject(), by),
        _ => (ApiAnswers.Failure(405, "MethodNotAllowed", $"{method} of {asked.Plural} is not pretended here"), null),
    };

    private (Answer Answer, Effect? Made) Remove(ApiPath asked, JsonNode? options, string act, string by)
    {
        if (objects.Find("pods", asked.Namespace, asked.Name) is not { } pod)
            return (NotFound(asked), null);

        var uid = pod["metadata"]!["uid"]!.GetValue<string>();
        if (options?["preconditions"]?["uid"]?.GetValue<string>() is { } wanted && wanted != uid)
            return (
                ApiAnswers.Failure(409, "Conflict", $"the UID in the precondition ({wanted}) does not match the UID in record ({uid})"),
                null);

        controllers.Replace(pod);
        return (ApiAnswers.Success with { Status = act == "evict" ? 201 : 200 }, Remember(act, asked, uid, null, by));
    }

    private (Answer Answer, Effect? Made) Patch(ApiPath asked, JsonArray operations, string by)
    {
        if (objects.Find("deployments", asked.Namespace, asked.Name) is not { } before)
            return (NotFound(asked), null);
        if (JsonPatch.Apply(before, operations) is not { } after)
            return (
                ApiAnswers.Failure(
                    422, "Invalid", "the server rejected our request due to an error in our request: a test of the patch failed"),
                null);

        var rolls = !JsonNode.DeepEquals(before["spec"]!["template"], after["spec"]!["template"]);
        if (!JsonNode.DeepEquals(before["spec"], after["spec"]))
            after["metadata"]!["generation"] = before["metadata"]!["generation"]!.GetValue<long>() + 1;
        var written = objects.Put("deployments", after);
        var made = Remember(
            "patch", asked, after["metadata"]!["uid"]!.GetValue<string>(), after["metadata"]!["annotations"]?[Mark]?.GetValue<string>(),
            by);
        if (rolls)
            controllers.RollOut(written);
        return (ApiAnswers.Found(objects.Find("deployments", asked.Namespace, asked.Name)!), made);
    }

    private (Answer Answer, Effect? Made) Merge(ApiPath asked, JsonObject patch, string by)
    {
        if (objects.Find("nodes", "", asked.Name) is not { } before)
            return (NotFound(asked), null);
        var version = patch["metadata"]?["resourceVersion"]?.GetValue<string>();
        if (version is not null && version != before["metadata"]!["resourceVersion"]!.GetValue<string>())
            return (ApiAnswers.Failure(409, "Conflict", "the object has been modified"), null);
        var written = objects.Put("nodes", MergePatch.Apply(before, patch));
        return (ApiAnswers.Found(written), Remember("patch", asked, written["metadata"]!["uid"]!.GetValue<string>(), null, by));
    }

    private Effect Remember(string act, ApiPath asked, string uid, string? actionId, string by)
    {
        var made = new Effect(TimeProvider.System.GetUtcNow(), act, asked.Namespace, asked.Name, uid, actionId, by);
        effects.Enqueue(made);
        return made;
    }

    private async Task GiveAsync(HttpContext context, (Answer Answer, Effect? Made) done, string space)
    {
        if (done.Made is { } made)
            await Changed(made);
        if (done.Made is not null && _losing.TryRemove(space, out var refusals))
        {
            _refusals[space] = refusals;
            context.Abort();
            return;
        }

        await ToClientAsync(context, done.Answer);
    }

    private static Answer NotFound(ApiPath asked) => ApiAnswers.Failure(404, "NotFound", $"{asked.Plural} \"{asked.Name}\" not found");

    private static Task ToClientAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status!.Value;
        context.Response.ContentType = answer.ContentType;
        return context.Response.WriteAsync(answer.Body, context.RequestAborted);
    }
}
