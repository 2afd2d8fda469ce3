using System.Net;
using System.Security.Cryptography;
using k8s;
using k8s.Exceptions;
using YamlDotNet.Core;

namespace Remediator.Facts.Connection;

/// <summary>How the cluster is reached, or in one sentence why there is none.</summary>
public sealed class KubernetesConnection
{
    private const string InCluster = "in-cluster";
    private const string NoCluster = "none";

    private KubernetesConnection(string cluster, string origin, KubernetesClientConfiguration? configuration, string reason)
    {
        Cluster = cluster;
        Origin = origin;
        Configuration = configuration;
        Reason = reason;
    }

    /// <summary>The cluster's name in every resource key; also set where there is no cluster.</summary>
    public string Cluster { get; }

    /// <summary>The labels by which an alert says of which cluster it is.</summary>
    public IReadOnlyList<string> ClusterLabels { get; private set; } = Core.Resources.ClusterLabels.Names;

    /// <summary>Where the configuration came from, for people.</summary>
    public string Origin { get; }

    /// <summary>Null where there is no cluster to look at.</summary>
    public KubernetesClientConfiguration? Configuration { get; }

    /// <summary>Why there is no cluster; empty where there is one.</summary>
    public string Reason { get; }

    /// <summary>
    /// Looks where kubectl looks: the named file, <c>KUBECONFIG</c> (several files), <c>~/.kube/config</c>, the pod's service account.
    /// </summary>
    /// <param name="environment">Reads an environment variable.</param>
    public static KubernetesConnection Find(ClusterOptions options, Func<string, string?> environment)
    {
        var found = Look(options, environment);
        found.ClusterLabels = Core.Resources.ClusterLabels.Parse(options.Labels);
        return found;
    }

    private static KubernetesConnection Look(ClusterOptions options, Func<string, string?> environment)
    {
        try
        {
            return FromFiles(options, environment) ?? FromPod(options, environment)
                ?? None(options, "No cluster was found: set KUBECONFIG or Cluster:Kubeconfig, or run inside a cluster.");
        }
        catch (Exception e) when (e is KubeConfigException
            or YamlException
            or IOException
            or UnauthorizedAccessException
            or FormatException
            or CryptographicException)
        {
            return None(options, $"The cluster's configuration cannot be used: {e.Message}");
        }
    }

    private static KubernetesConnection? FromFiles(ClusterOptions options, Func<string, string?> environment)
    {
        var files = KubeconfigFiles.Find(options.Kubeconfig, environment);
        if (files.Count == 0)
            return null;

        var merged = KubeconfigFiles.Merge(files);
        var origin = string.Join(Path.PathSeparator, files);
        if (string.IsNullOrEmpty(merged.CurrentContext) && options.Context.Length == 0)
            return None(options, $"No context is chosen in {origin}: set Cluster:Context, or use `kubectl config use-context`.");

        var configuration =
            KubernetesClientConfiguration.BuildConfigFromConfigObject(merged, options.Context.Length == 0 ? null : options.Context);
        if (KubeconfigFiles.ProxyOf(files, merged, configuration.CurrentContext) is { } proxy)
            configuration.FirstMessageHandlerSetup += handler => handler.Proxy = new WebProxy(proxy);

        return new(options.Name.Length == 0 ? configuration.CurrentContext : options.Name, origin, configuration, "");
    }

    private static KubernetesConnection? FromPod(ClusterOptions options, Func<string, string?> environment) =>
        environment("KUBERNETES_SERVICE_HOST") is { Length: > 0 } && KubernetesClientConfiguration.IsInCluster()
            ? new(
                options.Name.Length == 0 ? InCluster : options.Name, "the pod's service account",
                KubernetesClientConfiguration.InClusterConfig(), "")
            : null;

    private static KubernetesConnection None(ClusterOptions options, string reason) =>
        new(options.Name.Length == 0 ? NoCluster : options.Name, "", null, reason);
}
