using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Crash.Tests.Histories;
using Remediator.Journal;
using Remediator.Journal.Audit;
using Remediator.Journal.Settings;

namespace Remediator.Crash.Tests.Runs;

/// <summary>Reads what the server has written: while it runs as an auditor does, and what is left when it has ended.</summary>
/// <param name="use">Says where the store is.</param>
internal sealed class StoreReader(Action<JournalOptions> use)
{
    /// <summary>All entries, as <c>audit export</c> gives them; none where there is no store yet.</summary>
    public IReadOnlyList<Entry> Entries()
    {
        using var export = new MemoryStream();
        try
        {
            Audit().Export(export);
        }
        catch (StoreUnavailableException)
        {
            return [];
        }

        export.Position = 0;
        using var reader = new StreamReader(export);
        var entries = new List<Entry>();
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("line").GetString() == "event")
                entries.Add(Read(json.RootElement));
        }

        return entries;
    }

    /// <summary>Only once the server has ended.</summary>
    public async Task<Remains> RemainsAsync(CancellationToken cancellationToken)
    {
        var audit = Audit();
        var report = audit.Verify(audit.PublicKeyPem(), cancellationToken: cancellationToken);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging().AddJournal(use);
        await using var store = services.BuildServiceProvider();
        var waiting = await store.GetRequiredService<IInbox>().WaitingAsync(0, 1000, cancellationToken);
        var permits = await store.GetRequiredService<IJournal>().PermitsAsync(cancellationToken);
        return new(
            waiting.Count,
            [.. audit.DeadLetters().Select(d => $"{d.Reason}: {d.Text}")],
            [.. permits.Select(p => $"{p.Budget} for incident {p.IncidentId}")],
            [.. report.Faults.Select(f => f.Message)]);
    }

    private JournalAudit Audit()
    {
        var options = new JournalOptions();
        use(options);
        return new(options.DataFolder, options.Postgres, options.PostgresPasswordFile);
    }

    private static Entry Read(JsonElement line) => new(
        line.GetProperty("sequence").GetInt64(),
        ResourceKey.Parse(line.GetProperty("resource").GetString()!),
        line.GetProperty("version").GetInt64(),
        line.TryGetProperty("incident_id", out var incident) ? incident.GetString() : null,
        line.GetProperty("at").GetDateTimeOffset(),
        EventCodec.Read(
            line.GetProperty("type").GetString()!, line.GetProperty("schema").GetInt32(), line.GetProperty("payload").GetString()!));
}
