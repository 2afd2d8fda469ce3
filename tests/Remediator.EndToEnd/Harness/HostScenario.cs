using System.Globalization;
using System.Text.RegularExpressions;

namespace Remediator.EndToEnd.Harness;

/// <summary>What scenarios on hosts outside any cluster have in common.</summary>
internal static class HostScenario
{
    /// <summary>
    /// The shipped playbooks, which may act without a person here, and again a minute after a run; on a node, after half the time that it
    /// has to be sick, as their tests then say, too.
    /// </summary>
    public static string AutoPlaybooks(Workspace files) => PatientPlaybooks(files, text => text
        .Replace("mode: approve", "mode: auto", StringComparison.Ordinal)
        .Replace("cooldown: 30m", "cooldown: 1m", StringComparison.Ordinal)
        .Replace("act: 10m", "act: 5m", StringComparison.Ordinal)
        .Replace("after: 10m", "after: 5m", StringComparison.Ordinal));

    /// <summary>
    /// The shipped playbooks. Repairs of workloads and of hosts may take an hour, scaled, until they show: what shortens a playbook's
    /// times makes no kubelet and no login faster. The steps for nodes keep theirs: scenarios wait for them to fail.
    /// </summary>
    public static string PatientPlaybooks(Workspace files, Func<string, string>? change = null)
    {
        var shipped = Path.Combine(
            AppContext.BaseDirectory, "..", "..", "Remediator.Server",
            Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "playbooks");
        foreach (var file in Directory.EnumerateFiles(shipped, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(files["playbooks"], Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var text = File.ReadAllText(file);
            if (!Path.GetRelativePath(shipped, file).StartsWith("nodes", StringComparison.Ordinal))
                text = Regex.Replace(text, @"\bwithin: \d+m\b", "within: 1h");
            File.WriteAllText(copy, change?.Invoke(text) ?? text);
        }

        return files["playbooks"];
    }

    /// <summary>An engine that may act on one host, knows of no cluster, and hears one Alertmanager.</summary>
    /// <param name="more">What the policy says further of the host, a line each: <c>units: leaky.service</c>.</param>
    public static Dictionary<string, string> Settings(
        Workspace files, TestHost host, int alertmanager, string more, string user = "root")
    {
        File.WriteAllText(files["policy.yaml"], $"""
            hosts:
              - host: db-1
                address: {host.Address}
                user: {user}
                key_file: {host.KeyFile}
                host_keys: {host.PinnedKey}
                {more.ReplaceLineEndings("\n    ")}
            """);
        return new()
        {
            ["Engine:Mode"] = "auto",
            ["Engine:DurationScale"] = Scenario.DurationScale.ToString(CultureInfo.InvariantCulture),
            ["Engine:TakeoverMargin"] = "00:00:02",
            ["Cluster:Kubeconfig"] = "/nowhere",
            ["Definitions:Policy"] = files["policy.yaml"],
            ["Definitions:Playbooks"] = AutoPlaybooks(files),
            ["Alertmanagers:0:Name"] = "main",
            ["Alertmanagers:0:Urls:0"] = $"http://127.0.0.1:{alertmanager}",
        };
    }

    public static string Routes(EngineProcess engine) => $$"""
        route: { receiver: remediator, group_wait: 1s, group_interval: 1s, repeat_interval: 30s, group_by: [alertname, instance] }
        receivers:
          - name: remediator
            webhook_configs:
              - url: {{engine.Url}}/api/v1/alerts/alertmanager
                send_resolved: true
                http_config: { authorization: { credentials_file: {{engine.TokenFile}} } }
        """;

    /// <summary>A Prometheus with one file of rules that scrapes one target each second.</summary>
    public static ChildProcess Prometheus(Workspace files, int alertmanager, string rules, string target)
    {
        File.WriteAllText(files["rules.yaml"], rules);
        File.WriteAllText(files["prometheus.yaml"], $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ {{files["rules.yaml"]}} ]
            alerting: { alertmanagers: [ { static_configs: [ { targets: [ "127.0.0.1:{{alertmanager}}" ] } ] } ] }
            scrape_configs: [ { job_name: host, static_configs: [ { targets: [ "{{target}}" ] } ] } ]
            """);
        return new(
            "prometheus",
            [
                $"--config.file={files["prometheus.yaml"]}", $"--storage.tsdb.path={files["tsdb"]}",
                $"--web.listen-address=127.0.0.1:{FreePort.Take()}"],
            new Dictionary<string, string>(), files.Log("prometheus.log"));
    }
}
