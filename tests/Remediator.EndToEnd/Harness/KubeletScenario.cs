using System.Text.RegularExpressions;

namespace Remediator.EndToEnd.Harness;

/// <summary>An engine that may log in to the machines of some nodes.</summary>
internal sealed class KubeletScenario : IAsyncDisposable
{
    private readonly Workspace _files;

    private KubeletScenario(Workspace files, IReadOnlyList<KubeletHost> hosts, Scenario scenario) =>
        (_files, Hosts, Scenario) = (files, hosts, scenario);

    public IReadOnlyList<KubeletHost> Hosts { get; }

    public Scenario Scenario { get; }

    /// <param name="failpoint">Where the engine is killed; null for nowhere.</param>
    /// <param name="restartWithin">How long a service that was restarted may take, as the playbook has it.</param>
    /// <param name="more">What the policy says besides of each host: <c>reboot: allowed</c>.</param>
    public static async Task<KubeletScenario> StartAsync(
        string name, IReadOnlyList<string> nodes, string? failpoint, string more, string restartWithin)
    {
        var kubeconfig = Environment.GetEnvironmentVariable(Sandbox.Variable);
        Assert.SkipWhen(
            string.IsNullOrEmpty(kubeconfig), $"{Sandbox.Variable} names no kubeconfig of a cluster for tests; tests/run brings one up.");
        var files = new Workspace($"{name}-hosts");
        var hosts = new List<KubeletHost>();
        try
        {
            hosts.AddRange(await Task.WhenAll(nodes.Select(n => KubeletHost.StartAsync(n, kubeconfig!))));
            // several faults are no storm here, however few other nodes there are
            File.WriteAllText(files["policy.yaml"], $$"""
                storm:
                  cluster_nodes: { more_than: 95%, at_least: 3 }
                slow_start: { first: 100, failures: 100 }
                hosts:
                {{string.Concat(hosts.Select(h => h.Entry(more)))}}
                """);
            return new(files, hosts, await Scenario.StartAsync(name, new()
            {
                Failpoint = failpoint,
                Settings = new Dictionary<string, string>
                {
                    ["Definitions:Policy"] = files["policy.yaml"],
                    ["Definitions:Playbooks"] = Playbooks(files, restartWithin),
                },
            }));
        }
        catch
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
            files.Dispose();
            throw;
        }
    }

    /// <summary>Once the nodes are not ready, their alerts fire.</summary>
    public async Task FireAsync()
    {
        foreach (var host in Hosts)
        {
            await Wait.UntilAsync(
                $"{host.Node} not ready",
                async () => (await Scenario.Sandbox.NodeAsync(host.Node)).Status.Conditions.Single(c => c.Type == "Ready").Status != "True",
                TestContext.Current.CancellationToken, Scenario.ExplainAsync);
        }

        await Scenario.AwaitSeenAsync();
        await Scenario.Alertmanager.FireAsync([.. Hosts.Select(h => FiredAlerts.NodeNotReady(h.Node))]);
    }

    public Task<Story> AwaitAsync(KubeletHost host, string what, Func<Story, bool> isIt) => Wait.ForAsync(
        $"{what} of {host.Node}",
        () => Task.FromResult(Scenario.NodeStories().LastOrDefault(s => s.Incident.Resource.Name == host.Node && isIt(s))),
        TestContext.Current.CancellationToken, Scenario.ExplainAsync, TimeSpan.FromMinutes(6));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
            await host.DisposeAsync();
        await Scenario.DisposeAsync();
        _files.Dispose();
    }

    /// <summary>Those that ship. A kubelet takes as long to start here as anywhere, and a machine even longer.</summary>
    private static string Playbooks(Workspace files, string restartWithin)
    {
        var folder = HostScenario.AutoPlaybooks(files);
        var file = Path.Combine(folder, "nodes", "node-not-ready.yaml");
        var text = File.ReadAllText(file).Replace("stable: 10m", "stable: 3m", StringComparison.Ordinal);
        foreach (var (step, asShipped, here) in new[] { ("host.restart-unit", "5m", restartWithin), ("host.reboot", "20m", "2h") })
            text = Regex.Replace(
                text, $@"(use: {Regex.Escape(step)}\n(?:    with: .*\n)?    verify: .* within: ){asShipped}", $"${{1}}{here}");
        File.WriteAllText(file, text);
        return folder;
    }
}
