using Dapper;
using Remediator.Core.Journal;

namespace Remediator.Journal.Postgres;

/// <summary>
/// Who was declared dead holds nothing: its leases are free at once, and it gets none. Owners that are no members count by time alone.
/// </summary>
internal sealed class PostgresLeases(PostgresPool pool, MemberFence fence) : ILeases
{
    private const string Hold =
        """
        WITH held AS (
            INSERT INTO lease (name, owner, until)
            SELECT @name, @owner, clock_timestamp() + @seconds * interval '1 second'
            WHERE NOT EXISTS (SELECT 1 FROM member WHERE id = @owner AND is_dead)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = clock_timestamp() + @seconds * interval '1 second'
            WHERE lease.owner = excluded.owner OR lease.until < clock_timestamp()
                OR EXISTS (SELECT 1 FROM member WHERE id = lease.owner AND is_dead)
            RETURNING owner)
        SELECT EXISTS (SELECT 1 FROM held), (SELECT is_dead FROM member WHERE id = @owner)
        """;

    public Task<bool> HoldAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken) =>
        pool.RunAsync(async connection =>
    {
        var (held, isDead) = await connection.QuerySingleAsync<(bool, bool?)>(Hold, new { name, owner, seconds = duration.TotalSeconds });
        if (owner == fence.Id)
            fence.Check(isDead);
        return held;
    }, cancellationToken);

    public Task ReleaseAsync(string name, string owner, CancellationToken cancellationToken) => pool.RunAsync(
        connection =>
            connection.ExecuteAsync("DELETE FROM lease WHERE name = @name AND owner = @owner", new { name, owner }), cancellationToken);
}
