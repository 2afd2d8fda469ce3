using System.Globalization;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// Four of kube-state-metrics' series about one namespace, under its names and with its labels, read from the real cluster at each scrape.
/// It is no kube-state-metrics, which Debian does not have: https://github.com/kubernetes/kube-state-metrics/tree/main/docs
/// </summary>
internal sealed class KubeStateSeries : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Sandbox _sandbox;

    private KubeStateSeries(Sandbox sandbox)
    {
        _sandbox = sandbox;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/metrics", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4";
            await context.Response.WriteAsync(await ReadAsync(context.RequestAborted), context.RequestAborted);
        });
    }

    /// <summary>Host and port, as a scrape configuration names them.</summary>
    public string Target => new Uri(_app.Urls.First()).Authority;

    public static async Task<KubeStateSeries> StartAsync(Sandbox sandbox)
    {
        var series = new KubeStateSeries(sandbox);
        await series._app.StartAsync();
        return series;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var pods = await _sandbox.Client.CoreV1.ListNamespacedPodAsync(_sandbox.Namespace, cancellationToken: cancellationToken);
        foreach (var (pod, status) in pods.Items.SelectMany(p => p.Status.ContainerStatuses ?? [], (p, s) => (p, s)))
        {
            var labels = $"namespace=\"{pod.Namespace()}\",pod=\"{pod.Name()}\",uid=\"{pod.Uid()}\",container=\"{status.Name}\"";
            Write(text, "kube_pod_container_status_restarts_total", labels, status.RestartCount);
            if (status.State?.Waiting?.Reason is { Length: > 0 } waiting)
                Write(text, "kube_pod_container_status_waiting_reason", $"{labels},reason=\"{waiting}\"", 1);
            if (status.LastState?.Terminated?.Reason is { Length: > 0 } ended)
                Write(text, "kube_pod_container_status_last_terminated_reason", $"{labels},reason=\"{ended}\"", 1);
        }

        var deployments = await _sandbox.Client.AppsV1.ListNamespacedDeploymentAsync(
            _sandbox.Namespace, cancellationToken: cancellationToken);
        foreach (var (deployment, condition) in deployments.Items.SelectMany(d => d.Status.Conditions ?? [], (d, c) => (d, c)))
        {
            foreach (var status in new[] { "True", "False", "Unknown" })
            {
                Write(
                    text, "kube_deployment_status_condition",
                    $"namespace=\"{deployment.Namespace()}\",deployment=\"{deployment.Name()}\",condition=\"{condition.Type}\","
                        + $"status=\"{status.ToLowerInvariant()}\"",
                    condition.Status == status ? 1 : 0);
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, string labels, int value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value}\n");
}
