using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Remediator.Testing.Aws;

/// <summary>An error as the services give it.</summary>
public sealed class AwsErrorException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}

/// <summary>One call that came, with what was done about it.</summary>
public sealed record AwsCall(string Service, string Action, IReadOnlyDictionary<string, string> Parameters, int Status);

/// <summary>
/// The two services in this process: query protocol, signatures, errors, throttling, reads that lag behind, and what IAM allows. It follows
/// the API references of EC2 (2016-11-15) and EC2 Auto Scaling (2011-01-01) as far as it goes; of other operations it knows nothing.
/// </summary>
public sealed class AwsEndpoint : IAsyncDisposable
{
    public const string AccessKey = "AKIDEXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    public const string Region = "eu-central-1";

    private readonly LocalServer _server = new();
    private readonly ConcurrentQueue<AwsCall> _calls = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<AwsErrorException?>> _faults = new(StringComparer.Ordinal);

    private AwsEndpoint()
    {
    }

    public AwsModel Model { get; } = new();

    /// <summary>What IAM allows: action and, where it is scoped, the tag that the resource must carry; null for everything.</summary>
    public IReadOnlyList<(string Action, string? Tag)>? Allowed { get; set; }

    /// <summary>Of temporary credentials.</summary>
    public string? Token { get; set; }

    public string Url => _server.Url;

    public IReadOnlyList<AwsCall> Calls => [.. _calls];

    public static async Task<AwsEndpoint> StartAsync()
    {
        var endpoint = new AwsEndpoint();
        await endpoint._server.StartAsync(app => app.Run(endpoint.AnswerAsync));
        return endpoint;
    }

    public int Count(string action) => _calls.Count(c => c.Action == action);

    /// <summary>Told each call after its effect, before its answer goes out.</summary>
    public Func<AwsCall, Task> Answering { get; set; } = _ => Task.CompletedTask;

    /// <summary>The next call of this action gets this error, and has no effect.</summary>
    public void Fail(string action, int status, string code) => Faults(action).Enqueue(new(status, code, "as the test wants it"));

    /// <summary>The next call of this action has its effect, and gets no answer.</summary>
    public void Drop(string action) => Faults(action).Enqueue(null);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ConcurrentQueue<AwsErrorException?> Faults(string action) => _faults.GetOrAdd(action, _ => new());

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var request = new SeenRequest(
            context.Request.Method, context.Request.Path.Value ?? "/", context.Request.QueryString.Value ?? "", body,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        var parameters = QueryHelpers.ParseQuery(body).ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.Ordinal);
        var action = parameters.GetValueOrDefault("Action") ?? "";
        var (service, error) = SigV4.Check(request, AccessKey, Secret, Region, Token, TimeProvider.System.GetUtcNow());
        var (status, text, drop) = Answer(service, action, parameters, error);
        var call = new AwsCall(service, action, parameters, status);
        _calls.Enqueue(call);
        await Answering(call);
        if (drop)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "text/xml;charset=UTF-8";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private (int Status, string Text, bool Drop) Answer(
        string service, string action, Dictionary<string, string> parameters, string? refused)
    {
        try
        {
            if (refused is not null)
                throw new AwsErrorException(refused is "AuthFailure" ? 401 : 403, refused, "The request is not signed well.");
            var drop = Faults(action).TryDequeue(out var fault);
            if (fault is not null)
                throw fault;
            lock (Model.Lock)
            {
                var result = service switch
                {
                    "ec2" => new Ec2(Model, May).Answer(action, parameters),
                    "autoscaling" => new AutoScaling(Model, May).Answer(action, parameters),
                    _ => throw new AwsErrorException(403, "SignatureDoesNotMatch", $"Nothing here is the service '{service}'."),
                };
                return (200, service == "ec2" ? Ec2.Envelope(action, result) : AutoScaling.Envelope(action, result), drop);
            }
        }
        catch (AwsErrorException e)
        {
            return (e.Status, service == "ec2" ? Ec2.Error(e) : AutoScaling.Error(e), false);
        }
    }

    private bool May(string action, IReadOnlyDictionary<string, string>? tags) => Allowed is null || Allowed.Any(a =>
        a.Action == action
        && (a.Tag is null || (a.Tag.Split('=', 2) is [var key, var value] && tags?.GetValueOrDefault(key) == value)));
}
