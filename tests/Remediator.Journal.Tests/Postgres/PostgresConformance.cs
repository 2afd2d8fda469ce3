using Remediator.Journal.Tests.Conformance;

namespace Remediator.Journal.Tests.Postgres;

[Trait("Needs", "Postgres")]
public sealed class PostgresJournalConformance(PostgresDatabase database) : JournalConformance(database), IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresPermitConformance(PostgresDatabase database) : PermitConformance(database), IClassFixture<PostgresDatabase>;

public sealed class PostgresTogetherConformance(PostgresDatabase database) : TogetherConformance(database), IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresInboxConformance(PostgresDatabase database) : InboxConformance(database), IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresCheckpointConformance(PostgresDatabase database) : CheckpointConformance(database),
IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresAlertChangesConformance(PostgresDatabase database) : AlertChangesConformance(database),
IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresArchiveConformance(PostgresDatabase database) : ArchiveConformance(database), IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresCrashConformance(PostgresDatabase database) : CrashConformance(database), IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresAuditConformance(PostgresDatabase database) : AuditConformance(database), IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresRefusedConformance(PostgresDatabase database) : RefusedConformance(database), IClassFixture<PostgresDatabase>;

[Trait("Needs", "Postgres")]
public sealed class PostgresPlanConformance(PostgresDatabase database) : PlanConformance(database), IClassFixture<PostgresDatabase>;
