using k8s;
using k8s.Models;
using Remediator.Actions.Aws.EnterStandby;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.OutOfService;
using Remediator.Actions.Aws.RebootInstance;
using Remediator.Actions.Aws.ReplaceInstance;
using Remediator.Actions.Aws.StopStartInstance;
using Remediator.Actions.Tests.Kubernetes;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>A hollow node of the real cluster whose machine is an instance of the model, in a group with two others.</summary>
internal sealed class AwsNode : IAsyncDisposable
{
    /// <summary>Only one instance of a group is replaced at a time, and the groups of all tests have the same name.</summary>
    public const string OneGroup = "aws group";

    public const string Id = "i-0123456789abcdef0";

    private AwsNode(TestNode node, AwsFixture aws) => (Node, Aws) = (node, aws);

    public TestNode Node { get; }

    public AwsFixture Aws { get; }

    public ModelInstance Instance => Aws.Model.Instances[Id];

    public ModelGroup Group => Aws.Model.Groups["workers"];

    public InstanceLook Look => new(Aws.Reader(Node.Space.Api));

    public RebootInstanceAction Reboot => new(Node.Space.Api, Aws.Api, Aws.Reader(Node.Space.Api));

    public StopStartInstanceAction StopStart => new(Node.Space.Api, Aws.Api, Aws.Reader(Node.Space.Api));

    public OutOfServiceAction OutOfService => new(Node.Space.Api, Aws.Reader(Node.Space.Api));

    public ReplaceInstanceAction Replace => new(Node.Space.Api, Aws.Api, Aws.Reader(Node.Space.Api));

    public EnterStandbyAction Standby => new(Node.Space.Api, Aws.Api, Aws.Reader(Node.Space.Api));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AwsNode> CreateAsync(string lifecycle = "InService")
    {
        var created = new AwsNode(await TestNode.CreateAsync(), await AwsFixture.StartAsync());
        created.Aws.Model.Add(new ModelGroup("workers") { Desired = lifecycle == "Standby" ? 2 : 3 });
        created.Aws.Model.Add(new ModelInstance(Id) { Group = "workers", Lifecycle = lifecycle });
        created.Aws.Model.Add(new ModelInstance("i-0123456789abcdef1") { Group = "workers", Zone = "eu-central-1b", Address = "10.0.0.2" });
        created.Aws.Model.Add(new ModelInstance("i-0123456789abcdef2") { Group = "workers", Zone = "eu-central-1c", Address = "10.0.0.3" });
        await created.PatchAsync($$"""{"spec":{"providerID":"aws:///eu-central-1a/{{Id}}"} }""", isStatus: false);
        await created.StatusAsync("boot-1", isReady: false);
        return created;
    }

    /// <summary>With its console kept as evidence.</summary>
    public ActionRequest Request(string action = "act-1", params IEnumerable<Fact> facts) =>
        Request(new RebootInstanceInput(), action, facts);

    public ActionRequest Request(object input, string action = "act-1", params IEnumerable<Fact> facts) =>
        Node.Request(input, action) with
        {
            // what is said of time has to hold on a slow machine
            DurationScale = 1,
            Facts = new(1, TimeProvider.System.GetUtcNow(), facts.Prepend(Fact.Parse($$"""evidence{console_kept="{{Id}}"}"""))),
        };

    /// <summary>What its kubelet says.</summary>
    public Task StatusAsync(string bootId, bool isReady) => PatchAsync(
        $$"""
        {"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],
          "nodeInfo":{"architecture":"amd64","bootID":"{{bootId}}","containerRuntimeVersion":"","kernelVersion":"","kubeProxyVersion":"",
            "kubeletVersion":"v1.20.0","machineID":"m1","operatingSystem":"linux","osImage":"","systemUUID":"u1"},
          "conditions":[{"type":"Ready","status":"{{(isReady ? "True" : "Unknown")}}","reason":"Kubelet",
            "lastHeartbeatTime":"2026-11-26T08:00:00Z","lastTransitionTime":"2026-11-26T08:00:00Z"}]} }
        """, isStatus: true);

    public async Task<string?> AnnotationAsync(string name) => (await Node.ReadAsync()).GetAnnotation(name);

    public async Task PatchAsync(string json, bool isStatus)
    {
        var patch = new V1Patch(json, V1Patch.PatchType.StrategicMergePatch);
        await (isStatus
            ? Node.Space.Client.CoreV1.PatchNodeStatusAsync(patch, Node.Name, cancellationToken: Token)
            : Node.Space.Client.CoreV1.PatchNodeAsync(patch, Node.Name, cancellationToken: Token));
    }

    public async ValueTask DisposeAsync()
    {
        await Aws.DisposeAsync();
        await Node.DisposeAsync();
    }
}
