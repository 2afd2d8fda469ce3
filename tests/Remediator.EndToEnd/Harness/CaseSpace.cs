using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Remediator.Core.Events;
using Remediator.Journal.Audit;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// A case of docs/known-cases.md with its own inputs, in a namespace of its own. Several stand side by side under one engine, so that no
/// storm of one namespace is seen in them.
/// </summary>
internal sealed class CaseSpace : IAsyncDisposable
{
    private readonly Scenario _scenario;
    private readonly string _folder;

    private CaseSpace(Scenario scenario, string folder, Sandbox sandbox) => (_scenario, _folder, Sandbox) = (scenario, folder, sandbox);

    public Sandbox Sandbox { get; }

    public string Namespace => Sandbox.Namespace;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="folder">Of its inputs.</param>
    public static async Task<CaseSpace> CreateAsync(Scenario scenario, string folder) =>
        new(scenario, folder, await Sandbox.CreateAsync($"case-{folder[..2]}"));

    /// <summary>Applies a file of the case, and waits until its Deployment is whole.</summary>
    /// <param name="replicas">Null for as many as the case has.</param>
    /// <param name="change">What is otherwise here.</param>
    public async Task ApplyAsync(string file, int? replicas = null, Func<string, string>? change = null)
    {
        foreach (var o in KubernetesYaml.LoadAllFromString(change?.Invoke(Text(file)) ?? Text(file)))
        {
            switch (o)
            {
                case V1Namespace:
                    break;
                case V1ConfigMap map:
                    await Sandbox.Client.CoreV1.CreateNamespacedConfigMapAsync(map, Namespace, cancellationToken: Token);
                    break;
                case V1Secret secret:
                    await Sandbox.Client.CoreV1.CreateNamespacedSecretAsync(secret, Namespace, cancellationToken: Token);
                    break;
                case V1ResourceQuota quota:
                    await Sandbox.Client.CoreV1.CreateNamespacedResourceQuotaAsync(quota, Namespace, cancellationToken: Token);
                    break;
                case V1Deployment deployment:
                    deployment.Spec.Replicas = replicas ?? deployment.Spec.Replicas;
                    // other scenarios have nodes beside it on which nothing runs
                    deployment.Spec.Template.Spec.NodeSelector =
                        new Dictionary<string, string> { ["kubernetes.io/hostname"] = "node-1" };
                    await Sandbox.CreateAsync(deployment);
                    break;
                default:
                    throw new NotSupportedException($"{file} has a {o.GetType().Name}, which this harness does not apply.");
            }
        }

        await Sandbox.AwaitReadyAsync("api");
        await _scenario.AwaitSeenAsync();
    }

    /// <summary>Its alert fires, once all that there is in the cluster is in the engine's view.</summary>
    public async Task FireAsync(V1Pod? pod = null)
    {
        await _scenario.AwaitSeenAsync();
        var text = Text("alert.json").Replace("@POD@", pod?.Name(), StringComparison.Ordinal)
            .Replace("@UID@", pod?.Uid(), StringComparison.Ordinal);
        await _scenario.Alertmanager.FireAsync(
            JsonNode.Parse(text)!["alerts"]![0]!["labels"]!.Deserialize<Dictionary<string, string>>()!);
    }

    public string Text(string file) =>
        File.ReadAllText(WorkingTree.Path("tests", "Remediator.Definitions.Tests", "Cases", "Inputs", _folder, file))
            .Replace("namespace: shop", $"namespace: {Namespace}", StringComparison.Ordinal)
            .Replace("\"namespace\": \"shop\"", $"\"namespace\": \"{Namespace}\"", StringComparison.Ordinal);

    /// <summary>The engine has written down that its Deployment ran well, as one to go back to.</summary>
    public Task AwaitGoodAsync() => Wait.UntilAsync(
        $"a revision in {_folder} that is known to have run well",
        () => Task.FromResult(new JournalAudit(_scenario.Engine.DataFolder)
            .Events([EventCodec.NameOf(typeof(RevisionRanWell))], DateTimeOffset.UnixEpoch)
            .Any(e => ((RevisionRanWell)EventCodec.Read(e.Type, e.Schema, e.Payload)).Workload
                .Contains($"/{Namespace}/", StringComparison.Ordinal))),
        Token, ExplainAsync);

    public Task<Story> AwaitAsync(string what, Func<Story, bool> isIt) => Wait.ForAsync(
        $"{what} in {_folder}", () => Task.FromResult(Stories().LastOrDefault(isIt)), Token, ExplainAsync);

    /// <summary>The first that is done about it: people are told, or asked, or something is changed.</summary>
    public Task<Story> AwaitOutcomeAsync() => AwaitAsync(
        "what is done about it", s => s.Has<Escalated>() || s.Has<ApprovalRequested>() || s.Has<ActionIntended>());

    /// <summary>
    /// People are told, with this in what they are told or in why a step was refused; nothing is changed, and nobody is asked to release a
    /// change.
    /// </summary>
    public async Task IsForPeopleAsync(string with)
    {
        var story = await AwaitOutcomeAsync();
        Assert.True(!story.Has<ApprovalRequested>() && !story.Has<ActionIntended>(), await ExplainAsync());
        var told = story.All<Escalated>()[0];
        var refused = string.Join(' ', story.All<StepRefused>().Select(s => s.Reason));
        Assert.True(
            $"{told.Message} {told.Reason} {refused}".Contains(with, StringComparison.Ordinal),
            $"'{with}' is neither in '{told.Message}' nor in '{told.Reason}' nor in '{refused}'. {await ExplainAsync()}");
        Assert.Empty(Attempts);
    }

    /// <summary>Its alert has been looked at, and neither was anybody told nor anything tried.</summary>
    public async Task IsNobodysAsync()
    {
        var story = await AwaitAsync("a decision", s => s.Has<Decided>());
        Assert.True(
            !story.Has<Escalated>() && !story.Has<ApprovalRequested>() && !story.Has<StepPlanned>() && !story.Has<ActionIntended>(),
            await ExplainAsync());
        Assert.Empty(Attempts);
    }

    /// <summary>What the engine tried to change here.</summary>
    public IEnumerable<WriteAttempt> Attempts =>
        _scenario.Proxy.Attempts.Where(a => a.Path.Contains($"/namespaces/{Namespace}/", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => Sandbox.DisposeAsync();

    private IReadOnlyList<Story> Stories() => Story.Read(_scenario.Engine.DataFolder, Namespace);

    private async Task<string> ExplainAsync()
    {
        var told = new List<string> { await Sandbox.DescribeAsync() };
        foreach (var story in Stories())
            told.Add(await _scenario.ShowAsync(story));
        told.Add($"Last lines of the server:\n{_scenario.Engine.Tail}");
        return string.Join("\n\n", told);
    }
}
