using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Remediator.Server.Access;
using Remediator.Server.Serve;
using Remediator.Server.Settings;

namespace Remediator.Server.Tests.Access;

/// <summary>Every way in, and what it takes to go there.</summary>
public sealed class EndpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task EveryEndpoint_SaysWhoMayCallIt()
    {
        var folder = new DataFolder(_folder.File("data"));
        Assert.Null(folder.Prepare(withWebhookToken: true));
        var settings = SettingsSources.Build(
            null,
            [
                new("DataFolder", folder.Path), new("Sources:Alertmanager:BearerTokenFile", folder.WebhookToken),
                new("Cluster:Kubeconfig", "/nowhere")]);
        await using var app = ServerHost.Build(settings, folder);

        ServerHost.Map(app);

        var endpoints = ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();
        Assert.Equal(
            [
                "GET /api/v1/incidents/{id}: get, asks for the namespace",
                "GET /api/v1/incidents: get, asks for the namespace",
                "GET /api/v1/status: get",
                "GET /api/v1/tokens: administer",
                "GET /healthcheck: anybody",
                "GET /livez: anybody",
                "GET /readyz: anybody",
                "POST /api/v1/alerts/alertmanager/{group}: deliver",
                "POST /api/v1/alerts/alertmanager: deliver",
                "POST /api/v1/alerts/grafana: deliver",
                "POST /api/v1/dead-letters/{id:long}/retry: operate",
                "POST /api/v1/incidents/{id}/allow-repair: approve, asks for the namespace",
                "POST /api/v1/incidents/{id}/approve: approve, asks for the namespace",
                "POST /api/v1/incidents/{id}/judge: approve, asks for the namespace",
                "POST /api/v1/pauses/resume: operate, asks for the namespace",
                "POST /api/v1/pauses: operate, asks for the namespace",
                "POST /api/v1/playbooks/{name}/promote: administer",
                "POST /api/v1/tokens/{token}/revoke: administer",
                "POST /api/v1/tokens: administer",
                "any /metrics: anybody",
                "any {*path}: anybody",
            ],
            endpoints.Select(Describe).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static string Describe(RouteEndpoint endpoint)
    {
        var method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Single() ?? "any";
        var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy);
        var who = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null ? string.Join(" and ", policies) : "anybody";
        return $"{method} {endpoint.RoutePattern.RawText}: {who}"
            + $"{(endpoint.Metadata.GetMetadata<AsksForPlace>() is null ? "" : ", asks for the namespace")}";
    }
}
