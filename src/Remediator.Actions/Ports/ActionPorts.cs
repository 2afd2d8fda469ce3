using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Alerts;
using Remediator.Core.Policies;
using Remediator.Core.Secrets;

namespace Remediator.Actions.Ports;

/// <summary>What families of actions reach the world by. Each takes from it what it needs.</summary>
internal sealed record ActionPorts
{
    /// <summary>Null while no cluster is configured; asked at each call, so a cluster may come later.</summary>
    public Func<k8s.IKubernetes?> Cluster { get; init; } = () => null;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IOptions<AlertmanagerGroups> Alertmanagers { get; init; } = Options.Create(new AlertmanagerGroups());

    public IOptions<WebhookNotifyOptions> Webhook { get; init; } = Options.Create(new WebhookNotifyOptions());

    public IOptions<AwsOptions> Aws { get; init; } = Options.Create(new AwsOptions());

    public ISecrets Secrets { get; init; } = new NoSecrets();

    /// <summary>The one in force.</summary>
    public Func<Policy> Policy { get; init; } = () => Core.Policies.Policy.Default;

    private sealed class NoSecrets : ISecrets
    {
        public string Read(string path, int shortest = 1) => throw new IOException("There are no secrets without a server.");
    }
}
