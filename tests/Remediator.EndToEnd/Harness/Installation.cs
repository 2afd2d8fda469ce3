using System.Globalization;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// Remediator as it runs in a cluster: the image that ships, installed from <c>deploy/kubernetes</c> by <c>tests/cluster/install</c>.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    public const string Namespace = "remediator";
    private const int Port = 8642;
    private const int CannotHere = 3;

    /// <summary>What kubectl says where the verb, not the way to it, ended with a code; one that was killed with its pod has said nothing.
    /// </summary>
    private const string EndedByItself = "command terminated with exit code";
    private const int KilledCode = 137;

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(30) };

    private readonly Workspace _files;
    private readonly Sandbox _sandbox;

    private Installation(Workspace files, Sandbox sandbox) => (_files, _sandbox) = (files, sandbox);

    private string Cluster => Path.GetDirectoryName(_sandbox.Kubeconfig)!;

    /// <param name="kind"><c>one</c> or <c>replicas</c>.</param>
    /// <param name="rule">Of a team: their only rule, with the playbook and the policy that they have; null for what ships.</param>
    public static async Task<Installation> CreateAsync(Sandbox sandbox, string kind, string? rule = null)
    {
        await ShippedImage.AwaitAsync();
        var installation = new Installation(new($"installed-{kind}"), sandbox);
        try
        {
            if (rule is not null)
                installation.WriteDefinitions(rule);
            await installation.InstallAsync(ShippedImage.File, kind);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a team does whose rule has changed: the same kustomization, applied again.</summary>
    public Task ChangeRuleAsync(string rule)
    {
        WriteDefinitions(rule);
        return InstallAsync(ShippedImage.File, "one");
    }

    /// <summary>Those that are ready and not on their way out, by name.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync()
    {
        var pods = await _sandbox.Client.CoreV1.ListNamespacedPodAsync(
            Namespace, labelSelector: "app.kubernetes.io/name=remediator", cancellationToken: TestContext.Current.CancellationToken);
        return [.. pods.Items.Where(p => p.DeletionTimestamp() is null
            && p.Status is { PodIP.Length: > 0, ContainerStatuses: { Count: > 0 } containers }
            && containers.All(c => c.Ready))
            .OrderBy(p => p.Name(), StringComparer.Ordinal)];
    }

    /// <summary>The same, once there are so many of them: one that is busy may not be ready for a moment.</summary>
    public Task<IReadOnlyList<V1Pod>> PodsAsync(int count) => Wait.ForAsync(
        $"{count} ready pods", async () => await PodsAsync() is { } pods && pods.Count == count ? pods : null,
        TestContext.Current.CancellationToken, ExplainAsync);

    public Task<V1Deployment> DeploymentAsync() =>
        _sandbox.Client.AppsV1.ReadNamespacedDeploymentAsync(
            "remediator", Namespace, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>As <c>kubectl delete pod</c>.</summary>
    public Task DeleteAsync(V1Pod pod) =>
        _sandbox.Client.CoreV1.DeleteNamespacedPodAsync(pod.Name(), Namespace, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>As when its machine dies: its process first, so that it ends nothing in good order, and then the pod.</summary>
    public async Task KillAsync(V1Pod pod)
    {
        if (PodProcess.Of(pod) is { } process)
            process.Kill();
        await _sandbox.Client.CoreV1.DeleteNamespacedPodAsync(
            pod.Name(), Namespace, gracePeriodSeconds: 0, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>Posts to the webhook of one pod, with the token that its secret holds, until it has taken it.</summary>
    public Task PostAsync(V1Pod pod, params IReadOnlyList<IReadOnlyDictionary<string, string>> alerts)
    {
        var now = TimeProvider.System.GetUtcNow();
        return AwaitAsync($"a 200 of {pod.Name()} to its webhook", async () => await TryPostAsync(pod, now, alerts) switch
        {
            HttpStatusCode.OK => true,
            null or >= HttpStatusCode.InternalServerError => false,
            { } other => throw new InvalidOperationException($"{pod.Name()} answered {other}."),
        });
    }

    /// <returns>Its answer; null where there was none.</returns>
    public async Task<HttpStatusCode?> TryPostAsync(
        V1Pod pod, DateTimeOffset startsAt, IEnumerable<IReadOnlyDictionary<string, string>> alerts)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url(pod, "/api/v1/alerts/alertmanager"))
            { Content = WebhookBody.Firing(startsAt, alerts) };
        request.Headers.Authorization = new("Bearer", await File.ReadAllTextAsync(_files["webhook.token"]));
        try
        {
            using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            return null;
        }
    }

    /// <summary>A value of <c>/metrics</c> of one pod.</summary>
    public async Task<double> MetricAsync(V1Pod pod, string name, string label = "")
    {
        var lines = (await Client.GetStringAsync(Url(pod, "/metrics"), TestContext.Current.CancellationToken)).Split('\n');
        var line = lines.SingleOrDefault(l =>
                l.StartsWith(name + "{", StringComparison.Ordinal) && l.Contains(label, StringComparison.Ordinal))
            ?? throw new NotThereYetException($"{pod.Name()} has no {name} {label}");
        return double.Parse(line[line.LastIndexOf('}')..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>A verb in a pod, as an operator runs it with <c>kubectl exec</c>: again until what it asks answers.</summary>
    public Task<(int Code, string Output)> VerbAsync(params IReadOnlyList<string> arguments) =>
        Verb.AnsweredAsync(arguments, () => VerbOnceAsync(arguments));

    private async Task<(int Code, string Output)> VerbOnceAsync(IReadOnlyList<string> arguments)
    {
        var pod = await PodsAsync() is [var first, ..] ? first : throw new NotThereYetException("No pod is ready.");
        var (code, output, error) = await ChildProcess.RunAsync(
            "kubectl",
            ["--kubeconfig", _sandbox.Kubeconfig, "-n", Namespace, "exec", pod.Name(), "--", "remediator", .. arguments],
            new Dictionary<string, string>(), TestContext.Current.CancellationToken);
        return code == 0 || (error.Contains(EndedByItself, StringComparison.Ordinal) && code != KilledCode)
            ? (code, output + error)
            : throw new NotThereYetException($"kubectl exec in {pod.Name()} ended with {code}: {error}");
    }

    /// <summary>Of the sandbox's namespace, as <c>audit list</c> gives them.</summary>
    public async Task<IReadOnlyList<JsonElement>> IncidentsAsync(int most = 1000)
    {
        var (code, output) = await VerbAsync("audit", "list", "--output", "json", "--limit", most.ToString(CultureInfo.InvariantCulture));
        if (code != 0)
            throw new NotThereYetException($"audit list ended with {code}: {output}");
        return [.. JsonDocument.Parse(output)
            .RootElement.EnumerateArray()
            .Where(i => i.ToString().Contains(_sandbox.Namespace, StringComparison.Ordinal))];
    }

    public Task AwaitAsync(string what, Func<Task<bool>> look) =>
        Wait.UntilAsync(what, look, TestContext.Current.CancellationToken, ExplainAsync);

    public async ValueTask DisposeAsync()
    {
        var (code, output) = await RunAsync("remove");
        _files.Dispose();
        Assert.True(code == 0, $"The installation cannot be removed: {output}");
    }

    private void WriteDefinitions(string rule)
    {
        foreach (var (name, text) in new[] {
            ("rules/team.yaml", rule),
            ("playbooks/team.yaml", TeamPlaybook),
            ("policy.yaml", "repairs_in_a_row: 2\n") })
        {
            var file = _files[$"definitions/{name}"];
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    private const string TeamPlaybook = """
        playbook: team
        resource: [deployment]
        problem: [ 'container{crashing="true"}' ]
        mode: observe
        limits: { attempts: 1 per 24h, cooldown: 30m }
        ladder:
          - step: evict the bad pod
            use: kubernetes.evict-pod
            with: { which: crashing }
            verify: { use: kubernetes.workload-ready, within: 5m, stable: 1m }
        escalate: { severity: critical, message: "{{ resource }} keeps crashing" }
        """;

    private async Task InstallAsync(params string[] arguments)
    {
        var (code, output) = await RunAsync(arguments);
        Assert.SkipWhen(code == CannotHere, output);
        Assert.True(code == 0, $"tests/cluster/install ended with {code}: {output}");
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await ChildProcess.RunAsync(
            Path.Combine(ShippedImage.Repository, "tests", "cluster", "install"), [Cluster, _files["."], .. arguments],
            new Dictionary<string, string>(), CancellationToken.None);
        return (code, output + error);
    }

    private static Uri Url(V1Pod pod, string path) => new($"http://{pod.Status.PodIP}:{Port}{path}");

    private async Task<string> ExplainAsync()
    {
        var told = new List<string>();
        try
        {
            told.Add(await _sandbox.DescribeAsync());
            foreach (var pod in (await _sandbox.Client.CoreV1.ListNamespacedPodAsync(Namespace)).Items)
            {
                await using var log = await _sandbox.Client.CoreV1.ReadNamespacedPodLogAsync(pod.Name(), Namespace, tailLines: 30);
                told.Add($"{pod.Name()} {pod.Status.Phase}:\n{await new StreamReader(log).ReadToEndAsync()}");
            }

            told.Add((await VerbOnceAsync(["audit", "list"])).Output);
        }
        catch (Exception e) when (e is NotThereYetException or HttpRequestException or k8s.Autorest.HttpOperationException)
        {
            told.Add($"More cannot be told: {e.Message}");
        }

        return string.Join("\n\n", told);
    }
}
