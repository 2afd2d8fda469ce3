using System.Data;
using Dapper;
using Remediator.Core.Journal;
using Remediator.Journal.Format;

namespace Remediator.Journal.Postgres;

/// <summary>
/// Who the members are changes in the writers' line, so that a write either was there before a member was declared dead, or knows of it.
/// </summary>
internal sealed class PostgresMembers(PostgresPool pool, MemberFence fence) : IMembers
{
    public Task<MemberTable> ReadAsync(CancellationToken cancellationToken) => pool.ReadAsync(async connection =>
    {
        var rows = (await connection.QueryAsync<(
            long TableVersion, string? Id, long Version, string Status, bool IsDead, string AliveAt, string Document)>(
            """
            SELECT t.version, m.id, COALESCE(m.version, 0), m.status, COALESCE(m.is_dead, false), m.alive_at, m.document
            FROM member_table t LEFT JOIN member m ON true ORDER BY m.id
            """)).AsList();
        return new MemberTable(rows[0].TableVersion, [.. rows.Where(row => row.Id is not null)
            .Select(row =>
                new StoredMember(new Member(row.Id!, row.Status, row.IsDead, StoredTime.Parse(row.AliveAt), row.Document), row.Version))]);
    }, cancellationToken);

    public Task<bool> TryInsertAsync(Member member, long tableVersion, CancellationToken cancellationToken) => ChangeAsync(
        """
        WITH inserted AS (
            INSERT INTO member (id, version, status, is_dead, alive_at, document)
            SELECT @Id, 1, @Status, @IsDead, @AliveAt, @Document FROM member_table WHERE version = @tableVersion
            ON CONFLICT (id) DO NOTHING RETURNING id)
        UPDATE member_table SET version = version + 1 WHERE EXISTS (SELECT 1 FROM inserted)
        """,
        member, version: 0, tableVersion, cancellationToken);

    public Task<bool> TryUpdateAsync(Member member, long version, long tableVersion, CancellationToken cancellationToken) => ChangeAsync(
        """
        WITH updated AS (
            UPDATE member SET version = version + 1, status = @Status, is_dead = @IsDead, alive_at = @AliveAt, document = @Document
            WHERE id = @Id AND version = @version AND EXISTS (SELECT 1 FROM member_table WHERE version = @tableVersion) RETURNING id)
        UPDATE member_table SET version = version + 1 WHERE EXISTS (SELECT 1 FROM updated)
        """,
        member, version, tableVersion, cancellationToken);

    public Task TouchAsync(string id, DateTimeOffset aliveAt, CancellationToken cancellationToken) => pool.RunAsync(
        connection =>
            connection.ExecuteAsync("UPDATE member SET alive_at = @aliveAt WHERE id = @id", new { id, aliveAt = StoredTime.Text(aliveAt) }),
        cancellationToken);

    public Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken) => pool.RunAsync(
        connection =>
            connection.ExecuteAsync("DELETE FROM member WHERE is_dead AND alive_at < @before", new { before = StoredTime.Text(before) }),
        cancellationToken);

    public void WriteAs(string id) => fence.WriteAs(id);

    private Task<bool> ChangeAsync(string sql, Member member, long version, long tableVersion, CancellationToken cancellationToken) =>
        pool.RunAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await connection.ExecuteAsync(PostgresSession.TakeTurn, transaction: transaction);
        var changed = await connection.ExecuteAsync(
            sql,
            new {
                member.Id,
                member.Status,
                member.IsDead,
                AliveAt = StoredTime.Text(member.AliveAt),
                member.Document,
                version,
                tableVersion },
            transaction) == 1;
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }, cancellationToken);
}
