using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Remediator.Core.Events;
using Remediator.Crash.Tests.Histories;
using Remediator.Crash.Tests.Runs;
using Remediator.Testing;
using Remediator.Testing.Aws;

namespace Remediator.Crash.Tests.Instances;

/// <summary>The real program beside <see cref="NodesOnEc2"/>, with the playbook that ships, killed wherever a test says.</summary>
internal sealed class KilledEngine : IDisposable
{
    /// <summary>What one second of a playbook means here: an act has to outlast several deaths.</summary>
    private const double DurationScale = 0.1;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("remediator-ec2-");
    private readonly NodesOnEc2 _nodes;
    private readonly StoreReader _reader;
    private bool _wasTold;

    /// <param name="rebootHelpsWithin">How long a reboot that is over may take to show.</param>
    public KilledEngine(NodesOnEc2 nodes, string rebootHelpsWithin = "40m")
    {
        _nodes = nodes;
        _reader = new(o => o.DataFolder = Path("data"));
        File.WriteAllText(Path("kubeconfig"), nodes.Cluster.Kubeconfig());
        File.WriteAllText(Path("policy.yaml"), "groups: [{ group: workers, replace: allowed }]\n");
        _folder.CreateSubdirectory("rules");
        File.WriteAllText(Path("rules/node.yaml"), """
            rules:
              - rule: node
                alert: KubeNodeNotReady
                when: [ 'on(node) node{ready!="true"}' ]
                then: { run: node-not-ready }
            """);
        _folder.CreateSubdirectory("playbooks");
        var shipped = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(RemediatorProgram.File)!, "playbooks", "nodes", "node-not-ready.yaml");
        File.WriteAllText(Path("playbooks/node.yaml"), Regex.Replace(File.ReadAllText(shipped), @"stable: \d+m", "stable: 30s")
            .Replace("mode: approve", "mode: auto", StringComparison.Ordinal)
            .Replace("act: 10m, replace: 30m", "act: 10s, replace: 30s", StringComparison.Ordinal)
            .Replace("within: 1m,", "within: 10s,", StringComparison.Ordinal)
            .Replace("within: 5m,", $"within: {rebootHelpsWithin},", StringComparison.Ordinal));
    }

    /// <summary>Those about the sick node.</summary>
    public IReadOnlyList<Entry> Entries() => [.. _reader.Entries().Where(e => e.Resource.Name == NodesOnEc2.Sick)];

    /// <summary>Starts it, and waits until it has died there.</summary>
    /// <param name="place">A failpoint, or <c>in NAME</c> for that call to AWS, which has its effect and no answer.</param>
    public async Task DieAsync(string place)
    {
        var token = TestContext.Current.CancellationToken;
        var call = place.StartsWith("in ", StringComparison.Ordinal) ? place[3..] : null;
        await using var server = Launch(call is null ? place : null);
        _nodes.Aws.Answering = async made =>
        {
            if (made.Action == call)
                await server.KillAsync(token);
        };
        await TellAsync(server);
        try
        {
            await server.WaitForExitAsync(token);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"It did not die {place}: {e.Message}\n{Story()}", e);
        }

        _nodes.Aws.Answering = _ => Task.CompletedTask;
    }

    /// <summary>Starts it, and lets it go on to the end of the incident.</summary>
    public async Task<IReadOnlyList<Entry>> EndAsync()
    {
        await using var server = Launch(null);
        await TellAsync(server);
        return await Wait.ForAsync(
            "the end of the incident",
            () => Task.FromResult(Entries() is var all && all.Any(e => e.Event is IncidentClosed or Escalated) ? all : null),
            TestContext.Current.CancellationToken, () => Task.FromResult($"{Story()}\n{server.Story()}"));
    }

    public string Story() => string.Join('\n', Entries().Where(e => e.Event is not Looked).Select(
        e => $"{e.Sequence} {e.At:HH:mm:ss.fff} {EventCodec.NameOf(e.Event)} {Start(EventCodec.Write(e.Event))}"));

    public void Dispose() => _folder.Delete(recursive: true);

    private RemediatorProcess Launch(string? failpoint)
    {
        var environment = Failpoints.Environment(failpoint);
        (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) = (AwsEndpoint.AccessKey, AwsEndpoint.Secret);
        return RemediatorProcess.Launch(
            Path("data"),
            [
                "--mode", "auto", "--kubeconfig", Path("kubeconfig"), "--rules", Path("rules"), "--playbooks", Path("playbooks"),
                "--policy", Path("policy.yaml"),
                .. Set("Engine:DurationScale", DurationScale.ToString(CultureInfo.InvariantCulture)),
                .. Set("Engine:TakeoverMargin", "00:00:01"),
                .. Set("Facts:PublishEvery", "00:00:00.1"), .. Set("Facts:FirstBackoff", "00:00:00.1"),
                .. Set("Aws:Region", AwsEndpoint.Region), .. Set("Aws:Cluster", "test"),
                .. Set("Aws:Ec2Endpoint", _nodes.Aws.Url), .. Set("Aws:AutoScalingEndpoint", _nodes.Aws.Url),
            ],
            environment);
    }

    /// <summary>Once: what was taken in is not lost.</summary>
    private async Task TellAsync(RemediatorProcess server)
    {
        if (_wasTold)
            return;
        await server.ListeningAsync(TestContext.Current.CancellationToken);
        using var answer = await server.Webhook.PostAsJsonAsync("/api/v1/alerts/alertmanager", new
        {
            version = "4",
            groupKey = "{}:{node=\"n1\"}",
            truncatedAlerts = 0,
            status = "firing",
            receiver = "remediator",
            groupLabels = new { },
            commonLabels = new { },
            commonAnnotations = new { },
            externalURL = "http://alertmanager:9093",
            alerts = new[]
            {
                new
                {
                    status = "firing",
                    labels = new { alertname = "KubeNodeNotReady", node = NodesOnEc2.Sick, severity = "warning" },
                    annotations = new { },
                    startsAt = TimeProvider.System.GetUtcNow(),
                    endsAt = "0001-01-01T00:00:00Z",
                    generatorURL = "",
                    fingerprint = "0123456789abcdef",
                },
            },
        }, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        _wasTold = true;
    }

    private static string Start(string text) => text.Length > 300 ? text[..300] : text;

    private static string[] Set(string name, string value) => ["--set", $"{name}={value}"];

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);
}
