namespace Remediator.Server.Settings;

/// <summary>Section <c>Access</c>: who may call besides the holders of tokens of our own.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>Whether those who have a token of the cluster may call; its RBAC says what they may do.</summary>
    public bool Kubernetes { get; set; }

    /// <summary>
    /// The audience that such a token must be for. A token for another one was not given to its holder for calls to this server.
    /// </summary>
    public string KubernetesAudience { get; set; } = "remediator";

    /// <summary>Whether <c>/metrics</c> needs a token that may see status.</summary>
    public bool MetricsNeedToken { get; set; }
}
