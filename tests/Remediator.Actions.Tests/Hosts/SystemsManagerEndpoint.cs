using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Testing;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>
/// Systems Manager in this process, with one document and one agent. The agent does what the document says on a real host: it writes the
/// script down there first, as the real one does, gives it its parameters as variables, and carries so much of its output as that does.
/// </summary>
internal sealed class SystemsManagerEndpoint : IAsyncDisposable
{
    public const string Instance = "i-0123456789abcdef0";

    private const int MostOutput = 24000;
    private const int MostErrors = 8000;

    private readonly LocalServer _server = new();
    private readonly TestHost _host;
    private readonly ConcurrentDictionary<string, Task<JsonObject>> _commands = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _looks = new(StringComparer.Ordinal);

    private SystemsManagerEndpoint(TestHost host) => _host = host;

    public string AgentVersion { get; set; } = "3.3.2746.0";

    public string Ping { get; set; } = "Online";

    /// <summary>The content of the document that is in the account.</summary>
    public string Document { get; set; } = SystemsManagerDocument.Content;

    /// <summary>Digest of a script that its shell takes besides those of the document; null for none.</summary>
    public string? AlsoKnows { get; set; }

    /// <summary>What comes of each command, without that it is run.</summary>
    public JsonObject? Invocation { get; set; }

    public ConcurrentQueue<JsonObject> Sent { get; } = new();

    public string Url => _server.Url;

    public static async Task<SystemsManagerEndpoint> StartAsync(TestHost host)
    {
        var endpoint = new SystemsManagerEndpoint(host);
        await endpoint._server.StartAsync(app => app.Run(endpoint.AnswerAsync));
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        var (service, refused) = SigV4.Check(
            new(
                context.Request.Method, context.Request.Path.Value ?? "/", context.Request.QueryString.Value ?? "", text,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)),
            AwsEndpoint.AccessKey, AwsEndpoint.Secret, AwsEndpoint.Region, null, TimeProvider.System.GetUtcNow());
        var (status, answer) = refused is not null || service != "ssm"
            ? (403, Error("AccessDeniedException"))
            : Answer(context.Request.Headers["X-Amz-Target"].ToString(), JsonNode.Parse(text)!.AsObject());
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.1";
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private (int Status, JsonObject Answer) Answer(string target, JsonObject body) => target switch
    {
        "AmazonSSM.DescribeInstanceInformation" => (200, new()
        {
            ["InstanceInformationList"] = new JsonArray(new JsonObject
            {
                ["InstanceId"] = Instance, ["PingStatus"] = Ping, [nameof(AgentVersion)] = AgentVersion, ["PlatformType"] = "Linux",
            }),
        }),
        "AmazonSSM.SendCommand" => Send(body),
        "AmazonSSM.GetCommandInvocation" => Told((string)body["CommandId"]!),
        _ => (400, Error("UnknownOperationException")),
    };

    private (int Status, JsonObject Answer) Send(JsonObject body)
    {
        Sent.Enqueue(body);
        if ((string?)body["DocumentName"] != SystemsManagerDocument.Name)
            return (400, Error("InvalidDocument"));
        // it compares only where it is asked to
        if (body["DocumentHash"] is { } hash
            && ((string)hash! != SystemsManagerDocument.Digest(Document) || (string?)body["DocumentHashType"] != "Sha256"))
            return (400, Error("InvalidDocument"));
        var id = Guid.NewGuid().ToString();
        _commands[id] = Invocation is { } fixedOne ? Task.FromResult(fixedOne) : RunAsync(body["Parameters"]!.AsObject());
        return (200, new() { ["Command"] = new JsonObject { ["CommandId"] = id, ["Status"] = "Pending" } });
    }

    /// <summary>A moment after it was sent, nobody knows of it.</summary>
    private (int Status, JsonObject Answer) Told(string id)
    {
        if (_looks.AddOrUpdate(id, 1, (_, n) => n + 1) == 1)
            return (400, Error("InvocationDoesNotExist"));
        return _commands[id].IsCompletedSuccessfully
            ? (200, _commands[id].Result.DeepClone().AsObject())
            : (200, new() { ["Status"] = "InProgress", ["StatusDetails"] = "InProgress", ["ResponseCode"] = -1 });
    }

    private async Task<JsonObject> RunAsync(JsonObject parameters)
    {
        var lines = JsonNode.Parse(Document)!["mainSteps"]![0]!["inputs"]!["runCommand"]!.AsArray().Select(l => (string)l!);
        var variables = parameters.Select(p => $"SSM_{p.Key}={HostScript.Quoted((string)p.Value![0]!)}");
        const string Place = "/var/lib/amazon/ssm/orchestration";
        if (AlsoKnows is { } known)
            lines = lines.Select(l => l.EndsWith(") ;;", StringComparison.Ordinal) ? $"{known} | {l}" : l);
        if (await _host.TryAsync($"mkdir -p {Place} && cat >{Place}/_script.sh", string.Join('\n', lines) + "\n") is { Code: not 0 })
            return Ended("Failed", -1, "", "Plugin with name aws:runShellScript not found. Step name: run");
        var (code, output, errors) = await _host.TryAsync($"env {string.Join(' ', variables)} sh {Place}/_script.sh", "");
        return Ended(code == 0 ? "Success" : "Failed", code, output[..Math.Min(output.Length, MostOutput)],
            errors[..Math.Min(errors.Length, MostErrors)]);
    }

    public static JsonObject Ended(string status, int code, string output, string errors) => new()
    {
        ["Status"] = status, ["StatusDetails"] = status, ["ResponseCode"] = code, ["StandardOutputContent"] = output,
        ["StandardErrorContent"] = errors,
    };

    private static JsonObject Error(string code) => new() { ["__type"] = code, ["message"] = "as the test wants it" };
}
