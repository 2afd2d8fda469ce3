using k8s;
using k8s.Models;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>The DaemonSet that ships.</summary>
internal static class AgentManifest
{
    public static V1DaemonSet DaemonSet() =>
        KubernetesYaml.Deserialize<V1DaemonSet>(File.ReadAllText(Path.Combine(Folder(), "daemonset.yaml")));

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "deploy", "kubernetes", "agent")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "deploy", "kubernetes", "agent");
    }
}
