using System.Text.Json;
using Remediator.Core.Alerts;
using Remediator.Core.Resources;

namespace Remediator.Core.Tests.Resources;

/// <summary>Every alert of <c>KnownAlerts.json</c>, with the labels that it carries in the field.</summary>
public sealed class KnownAlertsTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What the labels of a resource name here, the most telling first.</summary>
    private static readonly (string Label, string Value, string Resource)[] Objects =
    [
        ("deployment", "api", "deployment shop/api"),
        ("statefulset", "db", "statefulset shop/db"),
        ("daemonset", "agent", "daemonset shop/agent"),
        ("cronjob", "backup", "cronjob shop/backup"),
        ("job_name", "migrate", "job shop/migrate"),
        ("replicaset", "api-7c9f8d6b5", "deployment shop/api"),
        ("persistentvolumeclaim", "data-db-0", "pvc shop/data-db-0"),
        ("persistentvolume", "pvc-0815", "pvc shop/data-db-0"),
        ("poddisruptionbudget", "api-pdb", "poddisruptionbudget shop/api-pdb"),
        ("pod", "api-7c9f8d6b5-x2x1z", "deployment shop/api"),
        ("node", "n1", "node n1"),
        ("instance_id", "i-0aaa", "node n1"),
    ];

    private readonly FakeTopology _topology = new();

    public sealed record Known(
        string Alertname, string Source, string System, string[]? ResourceLabels, string[]? ExporterLabels,
        string[]? ExporterLabelsHelmChart, string[]? FiredLabels);

    private static readonly List<Known> All = Load();

    public static TheoryData<int> Rows { get; } = [.. Enumerable.Range(0, All.Count)];

    [Fact]
    public void Catalogue_IsComplete() => Assert.Equal(650, All.Select(a => a.Alertname).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [MemberData(nameof(Rows))]
    public void KnownAlert_IsNeverAboutItsExporter_AndAlwaysAboutTheObjectThatItNames(int row)
    {
        var known = All[row];
        Check(known, known.ExporterLabels ?? [], helm: false);
        if (known.ExporterLabelsHelmChart is { } helm)
            Check(known, helm, helm: true);
    }

    private void Check(Known known, string[] exporterLabels, bool helm)
    {
        var isHost = known.System is "host";
        var isNode = isHost || known.System is "kubelet";
        var exporter = (isHost, helm) switch
        {
            (true, false) => Exporter("node-exporter", "kube-rbac-proxy", "node-exporter-abcde", "10.0.0.8:9100"),
            (true, true) => Exporter(
                "kube-prometheus-stack-prometheus-node-exporter", "node-exporter", "kube-prometheus-stack-prometheus-node-exporter-abcde",
                "10.0.0.8:9100"),
            (false, false) => Exporter("kube-state-metrics", "kube-rbac-proxy-main", "kube-state-metrics-5d4-abcde", "10.244.1.9:8443"),
            (false, true) => Exporter(
                "kube-prometheus-stack-kube-state-metrics", "kube-state-metrics", "kube-prometheus-stack-kube-state-metrics-5d4-abcde",
                "10.244.1.10:8080"),
        };
        var resource = known.ResourceLabels ?? [];
        var named = resource.ToDictionary(l => l, l => Value(l, isNode, helm));
        var labels = (known.FiredLabels ?? []).ToDictionary(l => l, l => Other(l, isHost));
        foreach (var label in exporterLabels.Where(l => l != "job").Except(resource))
            labels[label] = exporter[label];
        foreach (var (label, value) in named)
            labels[label] = value;
        labels["alertname"] = known.Alertname;
        if (labels.ContainsKey("job") && !resource.Contains("job"))
            labels["job"] = isHost
                ? "node-exporter"
                : known.System is "kubelet"
                ? "kubelet"
                : exporterLabels.Contains("container") || labels.ContainsKey("uid")
                ? "kube-state-metrics"
                : "app";

        var resolution = AlertResolver.Resolve(
            new() {
                Name = known.Alertname,
                Status = AlertStatus.Firing,
                Labels = labels,
                StartsAt = DateTimeOffset.UnixEpoch,
                Fingerprint = "f" },
            _topology);

        var where = $"{known.Alertname} ({known.Source}{(helm ? ", Helm chart" : "")}) with "
            + $"{string.Join(' ', labels.Select(l => $"{l.Key}={l.Value}"))} is {resolution.Resource.Display}: "
            + $"{resolution.How}";
        Assert.False(resolution.Resource.Namespace == "monitoring", where);
        foreach (var label in exporterLabels.Except(resource))
            Assert.False(
                resolution.Resource.Name == exporter[label] || resolution.Labels.GetValueOrDefault(label) == exporter[label],
                $"{label} is the exporter's: {where}");
        if (Expected(resource, isHost) is { } expected && labels.GetValueOrDefault("cluster", "test") == "test")
            Assert.True((expected, true) == (resolution.Resource.Display, resolution.Known), $"expected {expected}: {where}");
    }

    private static string? Expected(string[] resource, bool isHost)
    {
        if (isHost && resource.Contains("mountpoint"))
            return "filesystem n1:/data";

        return Objects.FirstOrDefault(o => resource.Contains(o.Label)).Resource
            ?? (isHost && resource.Contains("instance") ? "node n1" : null);
    }

    private static string Value(string label, bool isNode, bool helm) =>
        Objects.FirstOrDefault(o => o.Label == label).Value ?? label switch
        {
            "namespace" or "exported_namespace" => "shop",
            "container" => "main",
            "instance" => (isNode, helm) switch { (true, true) => "10.0.0.7:9100", (true, false) => "n1", _ => "db1.example.com:9104" },
            "mountpoint" => "/data",
            "cluster" => "elsewhere",
            _ => $"some-{label}",
        };

    private static string Other(string label, bool isHost) => label switch
    {
        "cluster" => "test",
        "service" => isHost ? "node-exporter" : "kubelet",
        _ => $"some-{label}",
    };

    private static Dictionary<string, string> Exporter(string service, string container, string pod, string instance) => new()
    {
        ["namespace"] = "monitoring", ["service"] = service, ["container"] = container, ["pod"] = pod, ["instance"] = instance,
        ["endpoint"] = "http-metrics",
    };

    private static List<Known> Load()
    {
        using var stream = typeof(KnownAlertsTests).Assembly.GetManifestResourceStream("KnownAlerts.json")!;
        return JsonSerializer.Deserialize<List<Known>>(stream, Json)!;
    }
}
