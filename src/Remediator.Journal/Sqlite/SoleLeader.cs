using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

/// <summary>The one process that may open an embedded store leads until its end.</summary>
internal sealed class SoleLeader : ILeader
{
    public bool Leads => true;
}
