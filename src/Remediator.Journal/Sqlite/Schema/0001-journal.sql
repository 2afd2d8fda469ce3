CREATE TABLE epoch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;
INSERT INTO epoch (id, value) VALUES (1, 0);

CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    resource TEXT NOT NULL,
    version INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    incident_id TEXT,
    type TEXT NOT NULL,
    schema INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (resource, version)
) STRICT;
CREATE INDEX event_of_incident ON event (incident_id, sequence) WHERE incident_id IS NOT NULL;

CREATE TRIGGER event_is_not_updated BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: an event is never changed');
END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: an event is never deleted');
END;
-- INSERT OR REPLACE deletes without the trigger above where recursive_triggers is off, as it is in any other program.
CREATE TRIGGER event_is_not_replaced BEFORE INSERT ON event
WHEN EXISTS (SELECT 1 FROM event WHERE sequence = NEW.sequence)
    OR EXISTS (SELECT 1 FROM event WHERE resource = NEW.resource AND version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: this sequence or version is taken');
END;

CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    entries INTEGER NOT NULL,
    at TEXT NOT NULL,
    heads TEXT NOT NULL,
    key TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
CREATE TRIGGER checkpoint_is_not_updated BEFORE UPDATE ON checkpoint
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: a checkpoint is never changed');
END;
CREATE TRIGGER checkpoint_is_not_deleted BEFORE DELETE ON checkpoint
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: a checkpoint is never deleted');
END;
CREATE TRIGGER checkpoint_is_not_replaced BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE id = NEW.id OR sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only: this checkpoint is taken');
END;

CREATE TABLE resource_head (
    resource TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    hash TEXT NOT NULL,
    document TEXT NOT NULL,
    document_schema INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
    id TEXT PRIMARY KEY,
    resource TEXT NOT NULL,
    problem TEXT NOT NULL,
    status TEXT NOT NULL,
    summary TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT
) STRICT;
CREATE INDEX incident_by_opening ON incident (opened_at);
CREATE INDEX incident_by_status ON incident (status, opened_at);
CREATE INDEX incident_by_resource ON incident (resource, opened_at);

CREATE TABLE due_work (
    resource TEXT PRIMARY KEY,
    due_at TEXT NOT NULL
) STRICT;
CREATE INDEX due_work_by_time ON due_work (due_at);

-- AUTOINCREMENT: a reader that asks for what came after an id must never see an id again.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dedupe TEXT NOT NULL UNIQUE,
    alert TEXT NOT NULL,
    source TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    received_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dedupe TEXT UNIQUE,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    received_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    dead_at TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

CREATE TABLE permit (
    budget TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (budget, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX permit_of_incident ON permit (incident_id);

CREATE TABLE claim (
    resource TEXT PRIMARY KEY,
    incident_id TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_of_incident ON claim (incident_id);

CREATE TABLE active_alert (
    fingerprint TEXT PRIMARY KEY,
    resource TEXT NOT NULL,
    name TEXT NOT NULL,
    labels TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    last_seen TEXT NOT NULL
) STRICT, WITHOUT ROWID;
