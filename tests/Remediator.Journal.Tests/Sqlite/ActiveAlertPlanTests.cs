using Dapper;
using Microsoft.Data.Sqlite;
using Remediator.Journal.Reading;
using Remediator.Journal.Sqlite;

namespace Remediator.Journal.Tests.Sqlite;

public sealed class ActiveAlertPlanTests
{
    [Fact]
    public void AlertsOfASource_AreFoundByTheirIndex_AndNotByReadingAllThatFire()
    {
        using var store = new TestStore();
        using var connection = SqliteConnections.Open(store.File, SqliteOpenMode.ReadOnly);

        var plan = connection.Query($"EXPLAIN QUERY PLAN {Queries.FiringOfSource.Sql}", new { source = "alertmanager/eu" })
            .Select(step => (string)step.detail);

        Assert.Contains("SEARCH active_alert USING INDEX active_alert_by_source (source=?)", plan);
    }
}
