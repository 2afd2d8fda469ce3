using Dapper;
using Remediator.Core.Journal;

namespace Remediator.Journal.Postgres;

internal sealed class PostgresLeases(PostgresPool pool) : ILeases
{
    public Task<bool> HoldAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken) => pool.RunAsync(async connection =>
        await connection.ExecuteAsync(
            """
            INSERT INTO lease (name, owner, until) VALUES (@name, @owner, clock_timestamp() + @seconds * interval '1 second')
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = clock_timestamp() + @seconds * interval '1 second'
            WHERE lease.owner = excluded.owner OR lease.until < clock_timestamp()
            """,
            new { name, owner, seconds = duration.TotalSeconds }) == 1, cancellationToken);

    public Task ReleaseAsync(string name, string owner, CancellationToken cancellationToken) => pool.RunAsync(
        connection => connection.ExecuteAsync("DELETE FROM lease WHERE name = @name AND owner = @owner", new { name, owner }), cancellationToken);
}
