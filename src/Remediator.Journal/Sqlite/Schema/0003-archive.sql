-- What an archive file took out of the store. Only what such a row covers can be deleted.
CREATE TABLE archive (
    id INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    entries INTEGER NOT NULL,
    checkpoint_id INTEGER NOT NULL,
    checkpoint_hash TEXT NOT NULL,
    at TEXT NOT NULL,
    file TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    heads TEXT NOT NULL,
    key TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
CREATE TRIGGER archive_is_not_updated BEFORE UPDATE ON archive
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: the stub of an archive is never changed');
END;
CREATE TRIGGER archive_is_not_deleted BEFORE DELETE ON archive
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: the stub of an archive is never deleted');
END;
CREATE TRIGGER archive_is_not_replaced BEFORE INSERT ON archive
WHEN EXISTS (SELECT 1 FROM archive WHERE id = NEW.id OR sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: this archive is there already');
END;

DROP TRIGGER event_is_not_deleted;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
WHEN OLD.sequence > (SELECT COALESCE(MAX(sequence), 0) FROM archive)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: an event is never deleted before an archive has it');
END;
DROP TRIGGER checkpoint_is_not_deleted;
CREATE TRIGGER checkpoint_is_not_deleted BEFORE DELETE ON checkpoint
WHEN OLD.id >= (SELECT COALESCE(MAX(checkpoint_id), 0) FROM archive)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: a checkpoint is never deleted before an archive has it');
END;
