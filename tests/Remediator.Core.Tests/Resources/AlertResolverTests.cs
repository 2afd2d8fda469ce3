using Remediator.Core.Alerts;
using Remediator.Core.Resources;

namespace Remediator.Core.Tests.Resources;

public sealed class AlertResolverTests
{
    private const string Ksm =
        "job=kube-state-metrics,container=kube-state-metrics,instance=10.244.1.10:8080,"
        + "endpoint=http,service=kube-prometheus-stack-kube-state-metrics";
    private const string KsmTarget = $"{Ksm},namespace=monitoring,pod=kube-prometheus-stack-kube-state-metrics-5d4-abcde";
    private const string NodeTarget =
        "job=node-exporter,container=node-exporter,endpoint=http-metrics,"
        + "service=kube-prometheus-stack-prometheus-node-exporter,namespace=monitoring,"
        + "pod=kube-prometheus-stack-prometheus-node-exporter-abcde";
    private const string ApiPod = "namespace=shop,pod=api-7c9f8d6b5-x2x1z,container=main";

    private readonly FakeTopology _topology = new();

    [Theory]
    [InlineData("KubePodCrashLooping", ApiPod, "deployment shop/api")]
    [InlineData(
        "KubePodCrashLooping",
        $"{ApiPod},uid=1,job=kube-state-metrics,instance=10.244.1.10:8080,service=kube-prometheus-stack-kube-state-metrics",
        "deployment shop/api")]
    [InlineData("KubePodCrashLooping", "namespace=shop,pod=debug", "pod shop/debug")]
    [InlineData("AnythingOfThePod", "pod=db-0", "statefulset shop/db")]
    [InlineData("etcdNoLeader", "namespace=shop,pod=db-0,container=etcd,instance=10.0.0.8:2379,job=etcd", "statefulset shop/db")]
    [InlineData(
        "KubeDeploymentReplicasMismatch", $"deployment=api,{Ksm},namespace=shop,pod=kube-prometheus-stack-kube-state-metrics-5d4-abcde",
        "deployment shop/api")]
    [InlineData("KubeJobFailed", "namespace=shop,job_name=backup-28901,condition=true", "cronjob shop/backup")]
    [InlineData("KubeJobFailed", "namespace=shop,job_name=migrate", "job shop/migrate")]
    [InlineData("KubernetesReplicasetReplicasMismatch", "namespace=shop,replicaset=api-7c9f8d6b5", "deployment shop/api")]
    [InlineData(
        "KubePersistentVolumeFillingUp",
        "namespace=shop,persistentvolumeclaim=data-db-0,node=n2,instance=10.0.0.8:10250,job=kubelet,service=kubelet",
        "pvc shop/data-db-0")]
    [InlineData("KubePersistentVolumeErrors", $"persistentvolume=pvc-0815,phase=Failed,{KsmTarget}", "pvc shop/data-db-0")]
    [InlineData("KubeNodeNotReady", $"node=n1,condition=Ready,{KsmTarget}", "node n1")]
    [InlineData("KubeNodeNotReady", "node=n1,container=kube-rbac-proxy-main,instance=10.244.1.9:8443,job=kube-state-metrics", "node n1")]
    [InlineData("KubeletPlegDurationHigh", "node=n1,instance=10.0.0.7:10250", "node n1")]
    [InlineData("NodeFileDescriptorLimit", $"instance=10.0.0.7:9100,{NodeTarget}", "node n1")]
    [InlineData(
        "NodeFileDescriptorLimit",
        "instance=n1,job=node-exporter,container=kube-rbac-proxy,namespace=monitoring,pod=node-exporter-abcde",
        "node n1")]
    [InlineData("NodeFileDescriptorLimit", $"instance=proxy.example.com:9100,{NodeTarget}", "node n2")]
    [InlineData(
        "NodeFilesystemAlmostOutOfSpace", $"instance=10.0.0.7:9100,device=/dev/sda1,mountpoint=/data,{NodeTarget}", "filesystem n1:/data")]
    [InlineData("HostOutOfDiskSpace", "instance=ip-10-0-0-8.ec2.internal:9100,device=/dev/sda1,mountpoint=/,job=node", "filesystem n2:/")]
    [InlineData("AwsEc2HighCpuUtilization", "instance_id=i-0aaa,instance=10.9.9.9:9106,job=cloudwatch-exporter", "node n1")]
    [InlineData("KubePdbNotEnoughHealthyPods", "namespace=shop,poddisruptionbudget=api-pdb", "poddisruptionbudget shop/api-pdb")]
    [InlineData("RedisDown", "instance=10.244.2.5:6379,job=redis", "statefulset shop/db")]
    public void Alert_ResolvesToWhatIsSick(string name, string labels, string expected)
    {
        var resolution = Resolve(name, labels);
        Assert.Equal((expected, true), (resolution.Resource.Display, resolution.Known));
    }

    [Theory]
    [InlineData("NodeFilesystemAlmostOutOfSpace", "instance=10.9.9.9:9100,mountpoint=/data,job=node", "filesystem 10.9.9.9:/data")]
    [InlineData("HostHighCpuLoad", "instance=db1.example.com:9100,job=node", "host db1.example.com")]
    [InlineData("MysqlDown", "instance=db1.example.com:9104,job=mysqld-exporter", "instance db1.example.com:9104")]
    [InlineData("BlackboxProbeFailed", "instance=https://shop.example.com/,job=blackbox", "endpoint https://shop.example.com/")]
    [InlineData("KubeHpaMaxedOut", $"horizontalpodautoscaler=api,{Ksm},namespace=shop", "horizontalpodautoscaler shop/api")]
    [InlineData("KubeDeploymentReplicasMismatch", "deployment=gone,namespace=shop", "deployment shop/gone")]
    [InlineData("KubePodNotReady", "namespace=shop,pod=strange-thing", "pod shop/strange-thing")]
    [InlineData("AwsRdsLowFreeStorageSpace", "dbinstance_identifier=orders,instance=10.9.9.9:9106", "database orders")]
    [InlineData("RabbitmqNoConsumer", "vhost=/,queue=orders,instance=rabbit:15692", "queue //orders")]
    [InlineData("KubeAPIDown", "severity=critical", "alert KubeAPIDown")]
    [InlineData("LokiRequestPanics", "namespace=loki", "alert loki/LokiRequestPanics")]
    [InlineData("KubeCPUOvercommit", KsmTarget, "alert KubeCPUOvercommit")]
    [InlineData("AlertmanagerClusterDown", "namespace=monitoring,service=alertmanager-main", "service monitoring/alertmanager-main")]
    public void Alert_OfWhatIsNotInTheTopology_HasAKeyAllTheSame(string name, string labels, string expected)
    {
        var resolution = Resolve(name, labels);
        Assert.Equal((expected, false), (resolution.Resource.Display, resolution.Known));
    }

    [Fact]
    public void Labels_CarryTheWorkloadAndLeaveTheExporterOut()
    {
        var labels = Resolve(
            "KubePodCrashLooping",
            $"{ApiPod},uid=1,reason=CrashLoopBackOff,{Ksm}".Replace("container=kube-state-metrics,", "", StringComparison.Ordinal)).Labels;
        Assert.Equal(
            "alertname=KubePodCrashLooping container=main job=kube-state-metrics namespace=shop node=n1 "
                + "pod=api-7c9f8d6b5-x2x1z reason=CrashLoopBackOff uid=1 workload=api workload_kind=deployment zone=a",
            Text(labels));
    }

    [Fact]
    public void Labels_OfANodesAlert_HaveNoPodOfTheExporter() =>
        Assert.Equal(
            "alertname=KubeNodeNotReady condition=Ready job=kube-state-metrics node=n1 zone=a",
            Text(Resolve("KubeNodeNotReady", $"node=n1,condition=Ready,{KsmTarget}").Labels));

    [Fact]
    public void Labels_OfAHostsAlert_KeepItsAddress() =>
        Assert.Equal(
            "alertname=NodeClockSkewDetected instance=10.0.0.7:9100 job=node-exporter node=n1 zone=a",
            Text(Resolve("NodeClockSkewDetected", $"instance=10.0.0.7:9100,{NodeTarget}").Labels));

    [Fact]
    public void ExportedLabels_NameTheObject()
    {
        var resolution = Resolve("KubePodCrashLooping", $"exported_namespace=shop,exported_pod=db-0,exported_container=main,{KsmTarget}");
        Assert.Equal("statefulset shop/db", resolution.Resource.Display);
        Assert.Equal(
            "alertname=KubePodCrashLooping container=main job=kube-state-metrics namespace=shop node=n2 pod=db-0 workload=db "
                + "workload_kind=statefulset zone=b",
            Text(resolution.Labels));
    }

    [Fact]
    public void ExporterThatIsItselfSick_IsTheSubjectOfAlertsAboutPods() =>
        Assert.Equal(
            "deployment monitoring/kube-prometheus-stack-kube-state-metrics", Resolve("KubePodCrashLooping", KsmTarget).Resource.Display);

    [Fact]
    public void UnknownAlertWithNothingButTheExportersLabels_IsNotAboutTheExporter() =>
        Assert.Equal("alert MyOwnRule", Resolve("MyOwnRule", KsmTarget).Resource.Display);

    [Fact]
    public void ApplicationThatIsCalledAnExporter_IsFoundByItsPodsUid() =>
        Assert.Equal(
            "deployment shop/order-exporter",
            Resolve("MyCrashRule", "namespace=shop,pod=order-exporter-66d-abcde,uid=7,job=kube-state-metrics").Resource.Display);

    [Fact]
    public void PodThatIsGone_StillTellsItsOwner()
    {
        _topology.Gone("shop", "api-oldhash-zzzzz", "deployment", "api");
        var resolution = Resolve("KubePodCrashLooping", "namespace=shop,pod=api-oldhash-zzzzz,container=main");
        Assert.Equal("pod shop/api-oldhash-zzzzz is gone; it belonged to deployment shop/api", resolution.How);
        Assert.Equal(
            "alertname=KubePodCrashLooping container=main namespace=shop workload=api workload_kind=deployment", Text(resolution.Labels));
    }

    [Fact]
    public void PodThatIsGoneWithItsOwner_IsNotKnown()
    {
        _topology.Gone("shop", "old-5d4-zzzzz", "deployment", "old");
        Assert.Equal(
            ("deployment shop/old", false),
            (Resolve("KubePodCrashLooping", "namespace=shop,pod=old-5d4-zzzzz") is var r ? r.Resource.Display : "", r.Known));
    }

    [Theory]
    [InlineData("api-7c9f8d6b5-zzzzz", "deployment shop/api")]
    [InlineData("api-66d5b-zzzzz", "deployment shop/api")]
    [InlineData("db-7", "statefulset shop/db")]
    [InlineData("agent-zzzzz", "daemonset shop/agent")]
    [InlineData("migrate-zzzzz", "job shop/migrate")]
    [InlineData("backup-28901-zzzzz", "cronjob shop/backup")]
    [InlineData("backup-28777-zzzzz", "cronjob shop/backup")]
    [InlineData("api-aeiou-zzzzz", "pod shop/api-aeiou-zzzzz")]
    [InlineData("api", "pod shop/api")]
    public void PodThatNobodyRemembers_TellsItsOwnerByItsName(string pod, string expected) =>
        Assert.Equal(expected, Resolve("KubePodCrashLooping", $"namespace=shop,pod={pod}").Resource.Display);

    [Fact]
    public void PodNameThatFitsTwoOwners_TellsNothing()
    {
        _topology.Add("daemonset", "shop", "api-7c9f8d6b5");
        Assert.False(Resolve("KubePodCrashLooping", "namespace=shop,pod=api-7c9f8d6b5-zzzzz").Known);
    }

    [Fact]
    public void AlertOfAnotherCluster_IsNotOurs()
    {
        var resolution = Resolve("KubePodCrashLooping", $"cluster=other,{ApiPod}");
        Assert.Equal(("other/alert/shop/KubePodCrashLooping", false), (resolution.Resource.ToString(), resolution.Known));
        Assert.Equal("the alert is of cluster 'other' (label cluster), and this one is 'test'", resolution.How);
    }

    [Theory]
    [InlineData("cluster_name")]
    [InlineData("k8s_cluster")]
    [InlineData("kubernetes_cluster")]
    [InlineData("managed_cluster")]
    public void C22_AlertOfAnotherCluster_ByAnotherLabel_IsNotOurs_ThoughItsPodIsCalledAlike(string label)
    {
        var resolution = Resolve("KubePodCrashLooping", $"{label}=eu-2,namespace=shop,pod=api-7c9f8d6b5-zzzzz");
        Assert.Equal(("eu-2/alert/shop/KubePodCrashLooping", false), (resolution.Resource.ToString(), resolution.Known));
        Assert.Equal("eu-2", resolution.Labels["cluster"]);
        Assert.Equal("deployment shop/api", Resolve("KubePodCrashLooping", $"{label}=test,{ApiPod}").Resource.Display);
    }

    [Fact]
    public void FirstLabelOfAClusterThatAnAlertCarries_Decides() =>
        Assert.True(Resolve("KubePodCrashLooping", $"cluster=test,cluster_name=kafka,{ApiPod}").Known);

    [Fact]
    public void AlertOfThisCluster_IsOurs() =>
        Assert.Equal("deployment shop/api", Resolve("KubePodCrashLooping", $"cluster=test,{ApiPod}").Resource.Display);

    /// <summary>No index of PostgreSQL takes more than 2,704 bytes; a label may have 4,096, and a key is percent-escaped.</summary>
    [Theory]
    [InlineData("instance=https://shop/?TEXT")]
    [InlineData("namespace=TEXT,pod=TEXT")]
    [InlineData("cluster=TEXT,namespace=TEXT")]
    [InlineData("namespace=TEXT")]
    [InlineData("instance=10.0.0.7:9100,job=node,mountpoint=/TEXT")]
    [InlineData("vhost=TEXT,queue=TEXT")]
    public void Key_IsShortHoweverLongTheLabelsAre_AndTwoThatDifferAtTheEndStayTwo(string labels)
    {
        foreach (var letter in (string[])["x", "/", "\u00e9", "\U0001f4a5"])
        {
            var text = string.Concat(Enumerable.Repeat(letter, 4000 / System.Text.Encoding.UTF8.GetByteCount(letter)));
            var (one, other) = (Resolve($"{text}1", Long(labels, text + "1")), Resolve($"{text}2", Long(labels, text + "2")));

            Assert.InRange(one.Resource.ToString().Length, 1, 2200);
            Assert.NotEqual(one.Resource, other.Resource);
            Assert.Equal(one.Resource, Resolve($"{text}1", Long(labels, text + "1")).Resource);
            Assert.Equal(one.Resource, ResourceKey.Parse(one.Resource.ToString()));
            Assert.False(one.Known);
            Assert.StartsWith("the name is shortened, ", one.How, StringComparison.Ordinal);
        }
    }

    private static string Long(string labels, string text) => labels.Replace("TEXT", text, StringComparison.Ordinal);

    private Resolution Resolve(string name, string labels)
    {
        var all = labels.Split(',').Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]);
        all["alertname"] = name;
        return AlertResolver.Resolve(
            new() { Name = name, Status = AlertStatus.Firing, Labels = all, StartsAt = DateTimeOffset.UnixEpoch, Fingerprint = "f" },
            _topology);
    }

    private static string Text(IReadOnlyDictionary<string, string> labels) =>
        string.Join(' ', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
}
