using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Testing;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>Instances that their group takes for well, and that never became nodes.</summary>
public sealed class UnjoinedInstancesTests : IAsyncLifetime
{
    private const string Joined = "i-00000000000000001";
    private const string Lost = "i-00000000000000002";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
    private readonly Meters _meters = new();
    private readonly Nodes _nodes;
    private AwsFixture _aws = null!;
    private UnjoinedInstances _unjoined = null!;
    private ManagedGroup[] _policy = [];

    public UnjoinedInstancesTests() => _nodes = new(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await AwsFixture.StartAsync();
        _aws.Model.Add(new ModelGroup("workers"));
        Add(Joined, "10.0.0.1");
        Add(Lost, "10.0.0.2");
        _nodes.Set(("n1", $"aws:///eu-central-1a/{Joined}", "10.0.0.1"));
        _unjoined = Started(_meters);
    }

    public async ValueTask DisposeAsync()
    {
        _unjoined.Dispose();
        _meters.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task OneThatIsInServiceAndNoNode_IsTold_SinceItWasLaunched_OrWasANodeLast()
    {
        await _unjoined.LookAsync(Token);
        Assert.Equal([(Lost, "workers", "eu-central-1a", 0)], _meters.Read());
        _time.Advance(TimeSpan.FromMinutes(11));
        _nodes.Set(("n1", $"aws:///eu-central-1a/{Joined}", "10.0.0.1"));
        await _unjoined.LookAsync(Token);
        Assert.Equal([(Lost, "workers", "eu-central-1a", 660)], _meters.Read());

        _nodes.Set(("n1", $"aws:///eu-central-1a/{Joined}", "10.0.0.1"), ("n2", $"aws:///eu-central-1a/{Lost}", "10.0.0.2"));
        await _unjoined.LookAsync(Token);
        Assert.Empty(_meters.Read());
        _nodes.Set(("n1", $"aws:///eu-central-1a/{Joined}", "10.0.0.1"));
        await _unjoined.LookAsync(Token);
        Assert.Equal(0, Assert.Single(_meters.Read()).Seconds);
    }

    /// <summary>Each process begins without a memory.</summary>
    [Theory]
    [InlineData(660)]
    [InlineData(120, "Launching a new EC2 instance: " + Lost, "Successful")]
    [InlineData(120, "Moving EC2 instance out of Standby: " + Lost, "Successful")]
    [InlineData(660, "Launching a new EC2 instance: " + Joined, "Successful")]
    [InlineData(660, "Terminating EC2 instance: " + Lost, "Failed")]
    public async Task SinceWhenItIsSo_IsWhatAwsRemembers_SoThatARestartChangesNothing(int seconds, string? what = null, string status = "")
    {
        _time.Advance(TimeSpan.FromMinutes(11));
        _nodes.Set(("n1", $"aws:///eu-central-1a/{Joined}", "10.0.0.1"));
        if (what is not null)
            _aws.Model.Groups["workers"].Ended.Add((what, status, _time.GetUtcNow().AddMinutes(-2)));
        _aws.Model.Groups["workers"].Ended.Add(($"Launching a new EC2 instance: {Lost}", "Successful", _time.GetUtcNow().AddMinutes(-30)));
        await _unjoined.LookAsync(Token);
        using var meters = new Meters();
        using var next = Started(meters);
        await next.LookAsync(Token);

        Assert.Equal([(Lost, "workers", "eu-central-1a", (double)seconds)], _meters.Read());
        Assert.Equal(_meters.Read(), meters.Read());
    }

    [Theory]
    [InlineData("another cluster's")]
    [InlineData("no tag")]
    [InlineData("no group")]
    [InlineData("a hook")]
    [InlineData("a warm pool")]
    [InlineData("standby")]
    [InlineData("on its way out")]
    [InlineData("stopped")]
    [InlineData("a bastion")]
    [InlineData("a node of another name")]
    [InlineData("a node that says to be another")]
    [InlineData("no view")]
    [InlineData("an old view")]
    public async Task WhatIsNoFault_IsNotTold(string what)
    {
        var lost = _aws.Model.Instances[Lost];
        switch (what)
        {
            case "another cluster's":
                lost.Tags.Remove("kubernetes.io/cluster/test");
                lost.Tags["kubernetes.io/cluster/other"] = "owned";
                break;
            case "no tag": lost.Tags.Remove("kubernetes.io/cluster/test"); break;
            case "no group": (lost.Group, _) = ("", lost.Tags.Remove("aws:autoscaling:groupName")); break;
            case "a hook": lost.Lifecycle = "Pending:Wait"; break;
            case "a warm pool": lost.Lifecycle = "Warmed:Running"; break;
            case "standby": lost.Lifecycle = "Standby"; break;
            case "on its way out": lost.Lifecycle = "Terminating:Wait"; break;
            case "stopped": lost.State = "stopped"; break;
            // of a group of which none is a node
            case "a bastion": (lost.Group, lost.Tags["aws:autoscaling:groupName"]) = ("bastions", "bastions"); break;
            case "a node of another name":
                _nodes.Set(("n1", $"aws:///eu-central-1a/{Joined}", "10.0.0.1"), ("web", $"aws:///eu-central-1a/{Lost}", ""));
                break;
            case "a node that says to be another":
                _nodes.Set(
                    ("n1", $"aws:///eu-central-1a/{Joined}", "10.0.0.1"), ("n2", "aws:///eu-central-1a/i-00000000000000009", "10.0.0.2"));
                break;
            case "no view": _nodes.State = ViewState.Loading; break;
            case "an old view": _time.Advance(TimeSpan.FromMinutes(2)); break;
        }

        _aws.Model.Add(new ModelGroup("bastions"));
        await _unjoined.LookAsync(Token);
        Assert.Empty(_meters.Read());
    }

    /// <summary>As where a new group's launch template is wrong.</summary>
    [Fact]
    public async Task OfAGroupOfThePolicy_NoneNeedsToHaveJoined()
    {
        _nodes.Set(("elsewhere", "", "10.9.9.9"));
        await _unjoined.LookAsync(Token);
        Assert.Empty(_meters.Read());
        _policy = [new() { Name = "workers" }];
        await _unjoined.LookAsync(Token);
        Assert.Equal([Joined, Lost], _meters.Read().Select(m => m.Id));
    }

    [Fact]
    public async Task WhenAwsCannotBeRead_TheLastIsKeptForAWhile_AndItsTimeGoesOn()
    {
        await _unjoined.LookAsync(Token);
        foreach (var (after, count) in new[] { (9, 1), (2, 0) })
        {
            _time.Advance(TimeSpan.FromMinutes(after));
            _nodes.Set(("n1", $"aws:///eu-central-1a/{Joined}", "10.0.0.1"));
            _aws.Endpoint.Fail("DescribeInstances", 403, "UnauthorizedOperation");
            await _unjoined.LookAsync(Token);
            Assert.Equal(count, _meters.Read().Count);
        }

        await _unjoined.LookAsync(Token);
        Assert.Equal(660, Assert.Single(_meters.Read()).Seconds);
    }

    [Fact]
    public void TheAlertThatShips_NamesTheMetric() => Assert.Contains(
        $"({UnjoinedInstances.Metric.Replace('.', '_')}_seconds{{",
        File.ReadAllText(WorkingTree.Path("deploy", "prometheus", "remediator.rules.yaml")), StringComparison.Ordinal);

    private UnjoinedInstances Started(Meters meters)
    {
        var api = new AwsApi(
            Options.Create(new AwsOptions
            {
                Region = AwsEndpoint.Region, Ec2Endpoint = _aws.Endpoint.Url, AutoScalingEndpoint = _aws.Endpoint.Url,
            }),
            _time) { Timeout = TimeSpan.FromMinutes(1) };
        return new(_nodes, "test", api, () => _policy, meters);
    }

    private void Add(string id, string address) => _aws.Model.Add(
        new ModelInstance(id) { Group = "workers", Address = address, LaunchedAt = _time.GetUtcNow() })
        .Tags["aws:autoscaling:groupName"] = "workers";

    private sealed class Nodes(TimeProvider time) : IFactViews
    {
        private IReadOnlyList<Fact> _nodes = [];
        private DateTimeOffset _at;

        public ViewState State { get; set; } = ViewState.Ready;

        public ViewStatus Current => new(State, new(1, _at, _nodes), _at, "");

        public void Set(params (string Name, string ProviderId, string Address)[] nodes) => (_nodes, _at) = (
            [.. nodes.Select(n => new Fact(
                "node",
                new Dictionary<string, string> { ["node"] = n.Name, ["provider_id"] = n.ProviderId, ["internal_ip"] = n.Address },
                DateTimeOffset.UnixEpoch))],
            time.GetUtcNow());

        public Task<ViewStatus> NextAsync(long afterVersion, CancellationToken cancellationToken) =>
            Task.FromException<ViewStatus>(new NotSupportedException());
    }

    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            _meters.Add(new(options));
            return _meters[^1];
        }

        public IReadOnlyList<(string Id, string Group, string Zone, double Seconds)> Read()
        {
            var read = new List<(string, string, string, double)>();
            using var listener = new MeterListener
            {
                InstrumentPublished = (instrument, l) =>
                {
                    if (_meters.Contains(instrument.Meter) && instrument.Name == UnjoinedInstances.Metric)
                        l.EnableMeasurementEvents(instrument);
                },
            };
            listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
            {
                var of = tags.ToArray().ToDictionary(t => t.Key, t => (string)t.Value!);
                read.Add((of["instance_id"], of["group"], of["zone"], seconds));
            });
            listener.Start();
            listener.RecordObservableInstruments();
            return [.. read.OrderBy(r => r.Item1, StringComparer.Ordinal)];
        }

        public void Dispose() => _meters.ForEach(m => m.Dispose());
    }
}
