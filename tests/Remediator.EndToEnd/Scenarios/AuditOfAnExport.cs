using System.Text;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class AuditOfAnExport
{
    private const int Flips = 12;

    [Fact]
    public async Task AnythingChanged_IsFoundWithItsPlace_ByTheExportAndThePublicKeyAlone()
    {
        await using var scenario = await Scenario.StartAsync(
            "audit", new() { Settings = new Dictionary<string, string> { ["Journal:CheckpointInterval"] = "00:00:02" } });
        var space = scenario.Sandbox.Namespace;
        foreach (var deployment in new[] { "api", "web", "jobs" })
            await scenario.Alertmanager.FireAsync(WebhookBody.Unknown(space, deployment));
        await scenario.AwaitAsync(
            "three incidents", () => Task.FromResult(scenario.Stories().Count == 3 && scenario.Stories().All(s => s.Has<Decided>())));
        var auditor = await Auditor.CreateAsync(scenario);
        await scenario.AwaitAsync("an export that is covered by a checkpoint, whatever the engine writes meanwhile", async () =>
        {
            auditor = await Auditor.CreateAsync(scenario);
            return (await auditor.VerifyAsync(auditor.Export)).Said
                .Contains("All entries are covered by a signed checkpoint", StringComparison.Ordinal);
        });

        var (code, said) = await auditor.VerifyAsync(auditor.Export);
        Assert.True(code == 0, said);
        Assert.Contains("ok: ", said, StringComparison.Ordinal);
        Assert.Contains("All entries are covered by a signed checkpoint", said, StringComparison.Ordinal);

        var lines = auditor.Lines;
        for (var flip = 0; flip < Flips; flip++)
        {
            var at = (long)(flip + 0.5) * auditor.Export.Length / Flips;
            var changed = auditor.Export.ToArray();
            changed[at] ^= 1;
            await AssertFoundAsync(auditor, changed, $"byte {at} changed");
        }

        var entries = Enumerable.Range(0, lines.Count)
            .Where(n => lines[n].Contains("\"line\":\"event\"", StringComparison.Ordinal))
            .ToList();
        await AssertFoundAsync(auditor, Join(lines.Where((_, n) => n != entries[1])), "the second entry dropped");
        (lines[entries[0]], lines[entries[^1]]) = (lines[entries[^1]], lines[entries[0]]);
        await AssertFoundAsync(auditor, Join(lines), "the first and the last entry exchanged");
    }

    private static byte[] Join(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));

    private static async Task AssertFoundAsync(Auditor auditor, byte[] export, string what)
    {
        var (code, said) = await auditor.VerifyAsync(export);
        Assert.True(code == 1, $"{what}: verify ended with {code}: {said}");
        Assert.Matches("(?m)^(line|checkpoint|sequence|test/).*: ", said);
        Assert.Contains("NOT OK", said, StringComparison.Ordinal);
    }

    /// <summary>Has the export and the public key, and nothing else.</summary>
    private sealed class Auditor(Scenario scenario, string folder)
    {
        public byte[] Export => File.ReadAllBytes(Path.Combine(folder, "journal.jsonl"));

        public List<string> Lines => [.. File.ReadAllLines(Path.Combine(folder, "journal.jsonl"))];

        public static async Task<Auditor> CreateAsync(Scenario scenario)
        {
            var folder = Directory.CreateDirectory(scenario.File("auditor")).FullName;
            await scenario.Engine.ExportAsync(Path.Combine(folder, "journal.jsonl"));
            var key = Assert.Single(Directory.GetFiles(scenario.Engine.DataFolder, "*.pub.pem"));
            File.Copy(key, Path.Combine(folder, "key.pem"), overwrite: true);
            return new(scenario, folder);
        }

        public async Task<(int Code, string Said)> VerifyAsync(byte[] export)
        {
            var file = Path.Combine(folder, "received.jsonl");
            await File.WriteAllBytesAsync(file, export);
            return await scenario.Engine.VerbElsewhereAsync(
                Path.Combine(folder, "nothing"), "audit", "verify", file, "--key", Path.Combine(folder, "key.pem"));
        }
    }
}
