using System.Globalization;
using Npgsql;
using Remediator.Testing;

namespace Remediator.Replicas.Tests.Harness;

/// <summary>An entry of the journal as it stands in the database.</summary>
internal sealed record Entry(long Sequence, string Resource, DateTimeOffset At, string Type, string Payload);

internal static class DatabaseReading
{
    public static async Task<IReadOnlyList<Entry>> EntriesAsync(this PostgresDatabase database, string resource)
    {
        var entries = new List<Entry>();
        await using var connection = await database.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT sequence, resource, at, type, payload FROM remediator.event WHERE resource = $1 ORDER BY sequence", connection)
            { Parameters = { new() { Value = resource } } };
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            entries.Add(new(
                rows.GetInt64(0), rows.GetString(1), DateTimeOffset.Parse(rows.GetString(2), CultureInfo.InvariantCulture),
                rows.GetString(3), rows.GetString(4)));
        return entries;
    }

    /// <summary>Where a text stands besides the journal of its own resource, for people who look at a failed test.</summary>
    public static async Task<string> TracesAsync(this PostgresDatabase database, string text)
    {
        await using var connection = await database.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT 'inbox row ' || id || ', tried ' || attempts || ' times: ' || alert FROM remediator.inbox WHERE alert LIKE $1
            UNION ALL SELECT 'dead letter: ' || reason FROM remediator.dead_letter WHERE text LIKE $1
            UNION ALL SELECT type || ' on ' || resource || ' at ' || at FROM remediator.event WHERE payload LIKE $1 OR resource LIKE $1
            UNION ALL SELECT 'due at ' || due_at || ': ' || resource FROM remediator.due_work WHERE resource LIKE $1
            """, connection) { Parameters = { new() { Value = $"%{text}%" } } };
        var traces = new List<string>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            traces.Add(rows.GetString(0));
        return traces.Count == 0 ? "it is nowhere in the store" : string.Join('\n', traces);
    }

    /// <summary>Alerts that wait, and those that could not be handled.</summary>
    public static async Task<long> InboxAsync(this PostgresDatabase database)
    {
        await using var connection = await database.OpenAsync();
        await using var command =
            new NpgsqlCommand("SELECT (SELECT COUNT(*) FROM remediator.inbox) + (SELECT COUNT(*) FROM remediator.dead_letter)", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
