using Remediator.Journal.Tests.Conformance;

namespace Remediator.Journal.Tests.Sqlite;

public sealed class SqliteJournalConformance() : JournalConformance(null);

public sealed class SqlitePermitConformance() : PermitConformance(null);

public sealed class SqliteTogetherConformance() : TogetherConformance(null);

public sealed class SqliteInboxConformance() : InboxConformance(null);

public sealed class SqliteCheckpointConformance() : CheckpointConformance(null);

public sealed class SqliteAlertChangesConformance() : AlertChangesConformance(null);

public sealed class SqliteArchiveConformance() : ArchiveConformance(database: null);

public sealed class SqliteCrashConformance() : CrashConformance(null);

public sealed class SqliteAuditConformance() : AuditConformance(null);

public sealed class SqliteRefusedConformance() : RefusedConformance(null);

public sealed class SqlitePlanConformance() : PlanConformance(null);
