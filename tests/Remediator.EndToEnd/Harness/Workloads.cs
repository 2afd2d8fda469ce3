using k8s.Models;

namespace Remediator.EndToEnd.Harness;

/// <summary>Deployments of one busybox container that runs a script, quick to end.</summary>
internal static class Workloads
{
    public const string Container = "main";
    public const string Runs = "echo serving; exec sleep 86400";

    /// <summary>
    /// Needs 70 MB at every start: more than 64Mi, less than the 80Mi that a raise by 25 % gives. The runtime learns that memory ran out
    /// beside the end of the container: one that ends at once is often told as <c>Error</c>.
    /// </summary>
    public const string Hungry = "dd if=/dev/zero of=/dev/null bs=70M count=1 || { sleep 2; exit 137; }; exec sleep 86400";

    public static readonly IDictionary<string, string> MayBeRaised =
        new Dictionary<string, string> { ["remediator.io/raise-memory-limit"] = "512Mi" };

    /// <summary>Serves until <see cref="Spoil"/> has run in its container.</summary>
    public const string RunsUntilSpoiled =
        "echo serving; while [ ! -e /state/bad ]; do sleep 0.2; done; echo 'cannot open the orders database'; exit 3";

    public static readonly IReadOnlyList<string> Spoil = ["touch", "/state/bad"];

    public static List<string> Shell(string script) => ["sh", "-c", script];

    public static V1Deployment Deployment(
        string name, string script, int replicas = 1, string? memory = null, IDictionary<string, string>? annotations = null,
        V1Probe? readiness = null)
    {
        var labels = new Dictionary<string, string> { ["app"] = name };
        return new()
        {
            Metadata = new() { Name = name, Labels = labels, Annotations = annotations },
            Spec = new()
            {
                Replicas = replicas,
                // a verification lasts as long as this at least, scaled; a kubelet on a busy machine does not scale
                ProgressDeadlineSeconds = 3600,
                Selector = new() { MatchLabels = labels },
                Template = new()
                {
                    Metadata = new() { Labels = labels },
                    Spec = new()
                    {
                        TerminationGracePeriodSeconds = 1,
                        Containers = [Busybox(script, memory, readiness)],
                    },
                },
            },
        };
    }

    /// <summary>Of its replicas single ones can be spoiled.</summary>
    public static V1Deployment Spoilable(string name, int replicas)
    {
        var deployment = Deployment(name, RunsUntilSpoiled, replicas);
        var pod = deployment.Spec.Template.Spec;
        pod.Volumes = [new() { Name = "state", EmptyDir = new() }];
        pod.Containers[0].VolumeMounts = [new() { Name = "state", MountPath = "/state" }];
        return deployment;
    }

    private static V1Container Busybox(string script, string? memory, V1Probe? readiness) => new()
    {
        Name = Container,
        Image = "remediator.test/busybox:1",
        ImagePullPolicy = "IfNotPresent",
        Command = Shell(script),
        ReadinessProbe = readiness,
        Resources = memory is null ? null : new()
        {
            Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new(memory) },
            Requests = new Dictionary<string, ResourceQuantity> { ["memory"] = new(memory) },
        },
    };
}
