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
        await using var command = new NpgsqlCommand("SELECT sequence, resource, at, type, payload FROM remediator.event WHERE resource = $1 ORDER BY sequence", connection) { Parameters = { new() { Value = resource } } };
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            entries.Add(new(rows.GetInt64(0), rows.GetString(1), DateTimeOffset.Parse(rows.GetString(2), CultureInfo.InvariantCulture), rows.GetString(3), rows.GetString(4)));
        return entries;
    }

    /// <summary>Alerts that wait, and those that could not be handled.</summary>
    public static async Task<long> InboxAsync(this PostgresDatabase database)
    {
        await using var connection = await database.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT (SELECT COUNT(*) FROM remediator.inbox) + (SELECT COUNT(*) FROM remediator.dead_letter)", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
