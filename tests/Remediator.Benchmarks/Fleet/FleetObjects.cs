using System.Globalization;
using System.Text;

namespace Remediator.Benchmarks.Fleet;

/// <summary>
/// What the API server of a large cluster says of its objects, about as long as a real one says it. Most of each text never changes, and is
/// kept as bytes.
/// </summary>
internal sealed class FleetObjects(FleetShape shape)
{
    private const string Created = "2026-11-24T08:00:00Z";

    private static readonly byte[] PodManaged = Encoding.UTF8.GetBytes(Managed(900));
    private static readonly byte[] ShortManaged = Encoding.UTF8.GetBytes(Managed(500));
    private static readonly byte[] PodRest = """
        ,"volumes":[{"name":"config","configMap":{"name":"app-config","defaultMode":420}},{"name":"kube-api-access","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],"containers":[{"name":"app","image":"registry.example.com/shop/app:v1.42.0","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[{"name":"LOG_LEVEL","value":"info"},{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}],"resources":{"limits":{"cpu":"1","memory":"512Mi"},"requests":{"cpu":"100m","memory":"256Mi"}},"volumeMounts":[{"name":"config","mountPath":"/etc/app"},{"name":"kube-api-access","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/healthz","port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"readinessProbe":{"httpGet":{"path":"/readyz","port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"},{"name":"proxy","image":"registry.example.com/mesh/proxy:v3.1.4","resources":{"limits":{"memory":"128Mi"},"requests":{"cpu":"10m","memory":"64Mi"}},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","serviceAccount":"default","securityContext":{},"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"}
        """u8.ToArray();

    private readonly IReadOnlyList<FleetWorkload> _workloads = shape.Workloads();

    public IReadOnlyList<FleetWorkload> Workloads => _workloads;

    public int CountOf(string plural) => plural switch
    {
        "nodes" => shape.Nodes,
        "namespaces" => shape.Namespaces,
        "pods" => shape.Pods,
        "replicasets" => Of("Deployment").Length * 3,
        "controllerrevisions" => (Of("DaemonSet").Length + Of("StatefulSet").Length) * 2,
        "poddisruptionbudgets" => Of("Deployment").Length / 5,
        "persistentvolumeclaims" => Of("StatefulSet").Length * FleetShape.PodsOfStatefulSet,
        _ => KindOf(plural) is { } kind ? Of(kind).Length : 0,
    };

    /// <summary>Anything but a pod.</summary>
    public void Write(FleetText text, string plural, int i, long version)
    {
        switch (plural)
        {
            case "nodes":
                text.Add($$$"""{"metadata":{"name":"node{{{i}}}","uid":"n-{{{i}}}","resourceVersion":"{{{version}}}","creationTimestamp":"{{{Created}}}","labels":{"topology.kubernetes.io/zone":"zone-{{{i % 3}}}","node.kubernetes.io/instance-type":"m6i.4xlarge","kubernetes.io/hostname":"node{{{i}}}","eks.amazonaws.com/nodegroup":"group-{{{i % 20}}}"},""");
                text.Add(ShortManaged);
                text.Add($$$"""},"spec":{"providerID":"aws:///zone-{{{i % 3}}}/i-{{{i:x17}}}"},"status":{"conditions":[{"type":"MemoryPressure","status":"False","lastHeartbeatTime":"{{{Created}}}","lastTransitionTime":"{{{Created}}}","reason":"KubeletHasSufficientMemory"},{"type":"DiskPressure","status":"False","lastTransitionTime":"{{{Created}}}"},{"type":"PIDPressure","status":"False","lastTransitionTime":"{{{Created}}}"},{"type":"Ready","status":"True","lastTransitionTime":"{{{Created}}}","reason":"KubeletReady"}],"addresses":[{"type":"InternalIP","address":"10.0.{{{i / 250}}}.{{{i % 250}}}"},{"type":"Hostname","address":"node{{{i}}}"}]}}""");
                break;
            case "namespaces":
                text.Add($$$"""{"metadata":{"name":"ns{{{i}}}","uid":"ns-{{{i}}}","resourceVersion":"{{{version}}}"}}""");
                break;
            case "replicasets":
                WriteReplicaSet(text, Of("Deployment")[i / 3], i % 3, version);
                break;
            case "controllerrevisions":
                var owner = Of("DaemonSet").Concat(Of("StatefulSet")).ElementAt(i / 2);
                text.Add($$$"""{"metadata":{"name":"{{{owner.Name}}}-rev{{{i % 2}}}","namespace":"{{{owner.Namespace}}}","uid":"cr-{{{i}}}","resourceVersion":"{{{version}}}","creationTimestamp":"{{{Created}}}","labels":{"controller-revision-hash":"{{{(i % 2 == 1 ? FleetWorkload.Hash : "0ld")}}}"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"{{{owner.Kind}}}","name":"{{{owner.Name}}}","uid":"u","controller":true}]},"revision":{{{i % 2}}}}""");
                break;
            case "poddisruptionbudgets":
                var protectedOne = Of("Deployment")[i * 5];
                text.Add($$$$"""{"metadata":{"name":"{{{{protectedOne.Name}}}}","namespace":"{{{{protectedOne.Namespace}}}}","uid":"pdb-{{{{i}}}}","resourceVersion":"{{{{version}}}}"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"{{{{protectedOne.Name}}}}"}}},"status":{"disruptionsAllowed":1,"currentHealthy":{{{{protectedOne.Pods}}}},"desiredHealthy":1}}""");
                break;
            case "persistentvolumeclaims":
                var db = Of("StatefulSet")[i / FleetShape.PodsOfStatefulSet];
                text.Add($$$$"""{"metadata":{"name":"data-{{{{db.Name}}}}-{{{{i % FleetShape.PodsOfStatefulSet}}}}","namespace":"{{{{db.Namespace}}}}","uid":"pvc-{{{{i}}}}","resourceVersion":"{{{{version}}}}"},"spec":{"storageClassName":"gp3","volumeName":"pv-{{{{i}}}}"},"status":{"phase":"Bound","capacity":{"storage":"100Gi"}}}""");
                break;
            default:
                WriteWorkload(text, Of(KindOf(plural)!)[i], version);
                break;
        }
    }

    public void WritePod(FleetText text, int slot, FleetPod pod)
    {
        var workload = WorkloadOf(slot);
        var (kind, name) = workload.Controller;
        var node = (int)(slot * 7919L % shape.Nodes);
        text.Add($$$"""{"metadata":{"name":"{{{NameOf(slot, pod.Generation)}}}","generateName":"{{{name}}}-","namespace":"{{{workload.Namespace}}}","uid":"00000000-0000-4000-8000-{{{slot:x8}}}{{{pod.Generation:x4}}}","resourceVersion":"{{{pod.Version}}}","creationTimestamp":"{{{Time(pod.Since)}}}","labels":{"app":"{{{workload.Name}}}","app.kubernetes.io/name":"{{{workload.Name}}}","app.kubernetes.io/part-of":"shop","{{{(kind == "ReplicaSet" ? "pod-template-hash" : "controller-revision-hash")}}}":"{{{FleetWorkload.Hash}}}"},"annotations":{"kubectl.kubernetes.io/restartedAt":"{{{Created}}}","prometheus.io/scrape":"true"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"{{{kind}}}","name":"{{{name}}}","uid":"{{{(kind == "ReplicaSet" ? $"r-{workload.FirstPod}-0" : $"w-{workload.FirstPod}")}}}","controller":true,"blockOwnerDeletion":true}],""");
        text.Add(PodManaged);
        text.Add($$$"""},"spec":{"nodeName":"node{{{node}}}" """);
        text.Add(PodRest);
        var ready = pod.State == PodCondition.Ready ? "True" : "False";
        text.Add($$$$$""","status":{"phase":"Running","conditions":[{"type":"Initialized","status":"True","lastTransitionTime":"{{{{{Time(pod.Since)}}}}}"},{"type":"Ready","status":"{{{{{ready}}}}}","lastTransitionTime":"{{{{{Time(pod.Changed)}}}}}"},{"type":"ContainersReady","status":"{{{{{ready}}}}}","lastTransitionTime":"{{{{{Time(pod.Changed)}}}}}"},{"type":"PodScheduled","status":"True","lastTransitionTime":"{{{{{Time(pod.Since)}}}}}"}],"hostIP":"10.0.{{{{{node / 250}}}}}.{{{{{node % 250}}}}}","podIP":"10.{{{{{64 + (slot >> 16)}}}}}.{{{{{(slot >> 8) & 255}}}}}.{{{{{slot & 255}}}}}","startTime":"{{{{{Time(pod.Since)}}}}}","containerStatuses":[{"name":"app","image":"registry.example.com/shop/app:v1.42.0","imageID":"registry.example.com/shop/app@sha256:9d8e8a6b6e1f5ad1c5cbd1f2ae3a7f0c9f3a4a5ed43f0a7b0f3b1b9f0c6e1d2a","containerID":"containerd://b1946ac92492d2347c6235b4d2611184{{{{{slot:x8}}}}}",{{{{{StateOf(pod)}}}}}},{"name":"proxy","image":"registry.example.com/mesh/proxy:v3.1.4","imageID":"registry.example.com/mesh/proxy@sha256:1d8e8a6b6e1f5ad1c5cbd1f2ae3a7f0c9f3a4a5ed43f0a7b0f3b1b9f0c6e1d2a","containerID":"containerd://c1946ac92492d2347c6235b4d2611184{{{{{slot:x8}}}}}","ready":true,"restartCount":0,"started":true,"state":{"running":{"startedAt":"{{{{{Time(pod.Since)}}}}}"}}}],"qosClass":"Burstable"}}""");
    }

    public FleetWorkload WorkloadOf(int slot)
    {
        var (low, high) = (0, _workloads.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_workloads[middle].FirstPod <= slot)
                low = middle;
            else
                high = middle - 1;
        }

        return _workloads[low];
    }

    public string NameOf(int slot, int generation) => $"{WorkloadOf(slot).Controller.Name}-{slot}g{generation}";

    /// <summary>The pod's number in its name.</summary>
    public static int SlotOf(string pod)
    {
        var last = pod.AsSpan(pod.LastIndexOf('-') + 1);
        return int.Parse(last[..last.IndexOf('g')], CultureInfo.InvariantCulture);
    }

    public FleetWorkload? Find(string space, string name) =>
        _workloads.FirstOrDefault(w => w.Namespace == space && (w.Name == name || w.Controller.Name == name));

    public void WriteWorkload(FleetText text, FleetWorkload workload, long version)
    {
        var pods = workload.Pods;
        text.Add($$$$"""{"metadata":{"name":"{{{{workload.Name}}}}","namespace":"{{{{workload.Namespace}}}}","uid":"w-{{{{workload.FirstPod}}}}","resourceVersion":"{{{{version}}}}","generation":1,"creationTimestamp":"{{{{Created}}}}","labels":{"app":"{{{{workload.Name}}}}"},"annotations":{"deployment.kubernetes.io/revision":"3"},""");
        text.Add(ShortManaged);
        text.Add($$$$"""},"spec":{"replicas":{{{{pods}}}},"parallelism":{{{{pods}}}},"selector":{"matchLabels":{"app":"{{{{workload.Name}}}}"}},"template":{"metadata":{"labels":{"app":"{{{{workload.Name}}}}"}},"spec":{"containers":[{"name":"app","image":"registry.example.com/shop/app:v1.42.0","resources":{"limits":{"memory":"512Mi"}}}]}}},"status":{"observedGeneration":1,"replicas":{{{{pods}}}},"updatedReplicas":{{{{pods}}}},"readyReplicas":{{{{pods}}}},"availableReplicas":{{{{pods}}}},"desiredNumberScheduled":{{{{pods}}}},"updatedNumberScheduled":{{{{pods}}}},"numberReady":{{{{pods}}}},"numberAvailable":{{{{pods}}}},"currentRevision":"{{{{workload.Name}}}}-rev1","updateRevision":"{{{{workload.Name}}}}-rev1"}}""");
    }

    public void WriteReplicaSet(FleetText text, FleetWorkload deployment, int age, long version)
    {
        var (hash, pods) = age == 0 ? (FleetWorkload.Hash, deployment.Pods) : ($"0ld{age}", 0);
        text.Add($$$$"""{"metadata":{"name":"{{{{deployment.Name}}}}-{{{{hash}}}}","namespace":"{{{{deployment.Namespace}}}}","uid":"r-{{{{deployment.FirstPod}}}}-{{{{age}}}}","resourceVersion":"{{{{version}}}}","creationTimestamp":"2026-11-2{{{{4 - age}}}}T08:00:00Z","labels":{"app":"{{{{deployment.Name}}}}","pod-template-hash":"{{{{hash}}}}"},"annotations":{"deployment.kubernetes.io/revision":"{{{{3 - age}}}}"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"{{{{deployment.Name}}}}","uid":"w-{{{{deployment.FirstPod}}}}","controller":true}],""");
        text.Add(ShortManaged);
        text.Add($$$$"""},"spec":{"replicas":{{{{pods}}}},"selector":{"matchLabels":{"app":"{{{{deployment.Name}}}}"}}},"status":{"replicas":{{{{pods}}}},"readyReplicas":{{{{pods}}}},"availableReplicas":{{{{pods}}}}}}""");
    }

    private readonly Dictionary<string, FleetWorkload[]> _byKind = shape.Workloads()
        .GroupBy(w => w.Kind)
        .ToDictionary(g => g.Key, g => g.ToArray());

    private FleetWorkload[] Of(string kind) => _byKind.GetValueOrDefault(kind, []);

    private static string? KindOf(string plural) => plural switch
    {
        "deployments" => "Deployment",
        "daemonsets" => "DaemonSet",
        "statefulsets" => "StatefulSet",
        "jobs" => "Job",
        _ => null,
    };

    private static string StateOf(FleetPod pod) => pod.State switch
    {
        PodCondition.Ready => $$$"""
            "ready":true,"restartCount":{{{pod.Restarts}}},"started":true,"state":{"running":{"startedAt":"{{{Time(pod.Changed)}}}"}},"lastState":{}
            """,
        PodCondition.NotReady => $$$"""
            "ready":false,"restartCount":{{{pod.Restarts}}},"started":true,"state":{"running":{"startedAt":"{{{Time(pod.Since)}}}"}},"lastState":{}
            """,
        _ => $$$"""
            "ready":false,"restartCount":{{{pod.Restarts}}},"started":false,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":3,"reason":"Error","startedAt":"{{{Time(pod.Since)}}}","finishedAt":"{{{Time(pod.Changed)}}}"}}
            """,
    };

    private static string Time(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Managed(int length)
    {
        var fields = string.Join(',', Enumerable.Range(0, length / 34).Select(i => $"\"k:{i:0000}\":{{\".\":{{}},\"f:type\":{{}}}}"));
        return "\"managedFields\":[{\"manager\":\"kubelet\",\"operation\":\"Update\",\"apiVersion\":\"v1\","
            + "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:status\":{"
            + fields
            + "}}}]";
    }
}

internal enum PodCondition { Ready, NotReady, Crashing }

/// <param name="Generation">Grows when the pod is replaced by one of another name.</param>
/// <param name="Since">When it was made, in seconds since 1970.</param>
/// <param name="Changed">When it last changed.</param>
internal readonly record struct FleetPod(long Version, int Generation, PodCondition State, int Restarts, long Since, long Changed);
