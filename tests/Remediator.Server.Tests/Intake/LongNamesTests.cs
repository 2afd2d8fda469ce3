using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Remediator.Testing;

namespace Remediator.Server.Tests.Intake;

/// <summary>Alerts whose labels are as long as they may be, at the real program with PostgreSQL, whose indexes take 2,704 bytes.</summary>
public sealed class LongNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Needs", "Postgres")]
    public async Task AlertsWithLongLabels_HaveTheirIncidents_AndNoneIsADeadLetter()
    {
        await using var database = new PostgresDatabase();
        await using var server = await RemediatorProcess.StartAsync(
            _folder.File("data"),
            ["--set", $"Journal:Postgres={database.Connection}", "--set", $"Journal:PostgresPasswordFile={database.PasswordFile}"],
            new Dictionary<string, string>(), Token);
        var (one, other) = (Text(1), Text(2));
        Dictionary<string, string>[] alerts =
        [
            new() { ["alertname"] = "BlackboxProbeFailed", ["instance"] = $"https://shop/?{one}" },
            new() { ["alertname"] = "BlackboxProbeFailed", ["instance"] = $"https://shop/?{one}2" },
            new() { ["alertname"] = "KubePodNotReady", ["namespace"] = one, ["pod"] = other },
            new() { ["alertname"] = one, ["namespace"] = other },
            new() { ["alertname"] = "Odd", ["cluster"] = one, ["namespace"] = other },
            new() { ["alertname"] = "Plain", ["namespace"] = "shop" },
        ];

        using var answer = await server.Webhook.PostAsJsonAsync(
            "/api/v1/alerts/alertmanager",
            new { version = "4", alerts = alerts.Select(labels => new { status = "firing", labels, startsAt = "2026-11-23T10:00:00Z" }) },
            Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"accepted":6,"duplicates":0,"rejected":0}""", await answer.Content.ReadAsStringAsync(Token));
        await Wait.UntilAsync(
            "six incidents of six resources",
            async () => (await server.Operator.GetFromJsonAsync<JsonElement>("/api/v1/incidents", Token)).EnumerateArray()
                .Select(i => i.GetProperty("resource").GetString()).Distinct().Count() == 6,
            Token,
            () => Task.FromResult(server.Story()));
        Assert.DoesNotContain(server.Log, l => l.Contains("cannot keep this", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>4,000 bytes that cannot be compressed.</summary>
    private static string Text(int seed)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, 1000).Select(_ => char.ConvertFromUtf32(random.Next(0x1F300, 0x1F600))));
    }
}
