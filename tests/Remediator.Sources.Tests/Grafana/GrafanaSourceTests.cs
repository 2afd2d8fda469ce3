using System.Net;
using Remediator.Core.Alerts;

namespace Remediator.Sources.Tests.Grafana;

public sealed class GrafanaSourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

    /// <summary>
    /// As Grafana 8 to 12 send it: rules without values, rules whose data does not come, and no fingerprint (alerta/alerta #1676).
    /// </summary>
    [Theory]
    [InlineData("\"values\": { \"B\": 22, \"C\": 1 }", "\"values\": null")]
    [InlineData(", \"fingerprint\": \"57c6d9296de2ad39\"", "")]
    [InlineData("\"truncatedAlerts\": 0", "\"truncatedAlerts\": 3, \"appVersion\": \"12.0.1\"")]
    [InlineData(
        "\"alertname\": \"KubePodCrashLooping\", \"grafana_folder\"",
        "\"alertname\": \"DatasourceNoData\", \"rulename\": \"x\", \"grafana_folder\"")]
    public async Task Delivery_InAnotherFormOfGrafanas_IsTakenIn(string part, string other)
    {
        await using var host = await SourceHost.StartAsync();
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Grafana", "firing.json"), Token);
        Assert.Contains(part, text, StringComparison.Ordinal);

        using var answer = await host.Client.PostAsync(
            new Uri("/api/v1/alerts/grafana", UriKind.Relative),
            new StringContent(text.Replace(part, other, StringComparison.Ordinal)), Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var kept = Assert.Single(host.Inbox.Added);
        Assert.Equal((AlertSource.Grafana, "api-7d9c5b8f6-k2x4z"), (kept.Alert.Source, kept.Alert.Labels["pod"]));
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
