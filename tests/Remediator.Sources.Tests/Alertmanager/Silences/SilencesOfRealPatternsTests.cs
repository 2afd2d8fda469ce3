using System.Net.Http.Json;
using System.Text.Json;
using Remediator.Core.Tests;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Silences;

/// <summary>
/// Whether a real Alertmanager silences what the table of patterns says that it does, and what we make of the same silences.
/// </summary>
[Trait("Needs", "Alertmanager")]
public sealed class SilencesOfRealPatternsTests
{
    private static readonly TheoryData<string, string, bool> Cases = Re2Cases.All;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Alertmanager_SilencesWhatTheTableSays_AndSoDoWe(bool isEqual)
    {
        Assert.SkipUnless(AlertmanagerProcess.IsInstalled, "There is no prometheus-alertmanager on this machine; tests/run installs it.");
        await using var alertmanager = await AlertmanagerProcess.StartAsync();
        using var client = new HttpClient { BaseAddress = new(alertmanager.Url) };
        var cases = Cases.Select((c, i) => (Labels: Labels(i, c.Data.Item2), Pattern: c.Data.Item1, Matches: c.Data.Item3 == isEqual))
            .ToList();
        foreach (var (labels, pattern, _) in cases)
        {
            await alertmanager.FireAsync(labels);
            await SilenceAsync(client, labels["n"], pattern, isEqual);
        }

        var alerts = (await client.GetFromJsonAsync<List<JsonElement>>("/api/v2/alerts", TestContext.Current.CancellationToken))!
            .ToDictionary(
                a => a.GetProperty("labels").GetProperty("n").GetString()!,
                a => a.GetProperty("status").GetProperty("state").GetString() == "suppressed");
        using var groups = new Groups(TimeProvider.System, Groups.Group("eu", alertmanager.Url));
        await groups.Silences.ReadAsync(TestContext.Current.CancellationToken);
        var silences = groups.Silences.Current.Groups[0].Silences;

        Assert.Equal(cases.Count, silences.Count);
        var now = TimeProvider.System.GetUtcNow();
        Assert.Empty(cases.Where(c => alerts[c.Labels["n"]] != c.Matches).Select(c => $"Alertmanager: {c}"));
        Assert.Empty(cases.Where(c => silences.Any(s => s.Covers(c.Labels, now)) != c.Matches).Select(c => $"we: {c}"));
    }

    /// <summary>A label that is empty is none, to Alertmanager.</summary>
    private static Dictionary<string, string> Labels(int number, string value)
    {
        var labels = new Dictionary<string, string> { ["alertname"] = "A", ["n"] = $"{number}" };
        if (value.Length > 0)
            labels["v"] = value;
        return labels;
    }

    private static async Task SilenceAsync(HttpClient client, string number, string pattern, bool isEqual)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var answer = await client.PostAsJsonAsync("/api/v2/silences", new
        {
            matchers = new[] {
                new { name = "n", value = number, isRegex = false, isEqual = true },
                new { name = "v", value = pattern, isRegex = true, isEqual } },
            startsAt = now,
            endsAt = now.AddHours(1),
            createdBy = "somebody",
            comment = "a pattern",
        });
        Assert.True(
            answer.IsSuccessStatusCode,
            $"Alertmanager takes no silence with the pattern {pattern}: {await answer.Content.ReadAsStringAsync()}");
    }
}
