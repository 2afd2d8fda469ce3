using System.Net;
using Remediator.Core.Alerts;

namespace Remediator.Sources.Tests.Grafana;

public sealed class GrafanaSourceTests
{
    [Theory]
    [InlineData("/api/v1/alerts/grafana")]
    [InlineData("/api/v1/alerts/alertmanager")]
    [InlineData("/api/v1/alerts/alertmanager/eu")]
    public async Task C25_Delivery_IsGrafanas_WhereverItIsSent_SoThatNoListProvesItsAlertsOver(string path)
    {
        await using var host = await SourceHost.StartAsync(("Alertmanagers:0:Name", "eu"));

        using var answer = await PostAsync(host, path, "firing.json");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var kept = Assert.Single(host.Inbox.Added);
        Assert.Equal((AlertSource.Grafana, AlertSource.Grafana), (kept.Source, kept.Alert.Source));
        Assert.Equal(
            ("KubePodCrashLooping", "57c6d9296de2ad39", "api-7d9c5b8f6-k2x4z", null),
            (kept.Alert.Name, kept.Alert.Fingerprint, kept.Alert.Labels["pod"], kept.Alert.EndsAt));
    }

    [Fact]
    public async Task Delivery_WithoutACredential_IsRefused()
    {
        await using var host = await SourceHost.StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = null;

        using var answer = await PostAsync(host, "/api/v1/alerts/grafana", "firing.json");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(host.Inbox.Added);
    }

    private static Task<HttpResponseMessage> PostAsync(SourceHost host, string path, string file) => host.Client.PostAsync(
        new Uri(path, UriKind.Relative),
        new ByteArrayContent(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Grafana", file))),
        TestContext.Current.CancellationToken);
}
