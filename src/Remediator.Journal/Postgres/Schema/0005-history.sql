-- A stub names the snapshots that stand for what it took out; one of an older version names none.
ALTER TABLE archive ADD COLUMN snapshots text COLLATE "C";
CREATE INDEX event_snapshot ON event (sequence) WHERE type = 'snapshot';

-- Where a window of time begins in the journal.
CREATE INDEX checkpoint_by_time ON checkpoint (at);

-- Kind and name are parts of the resource's text, cluster/kind/namespace/name.
ALTER TABLE incident
    ADD COLUMN kind text COLLATE "C" GENERATED ALWAYS AS (split_part(resource, '/', 2)) STORED,
    ADD COLUMN name text COLLATE "C" GENERATED ALWAYS AS (split_part(resource, '/', 4)) STORED;
DROP INDEX incident_by_opening;
DROP INDEX incident_by_status;
DROP INDEX incident_by_resource;
CREATE INDEX incident_by_opening ON incident (opened_at, id);
CREATE INDEX incident_by_status ON incident (status, opened_at, id);
CREATE INDEX incident_by_name ON incident (name, opened_at, id);
CREATE INDEX incident_open ON incident (opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX incident_open_by_kind ON incident (kind, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX incident_by_closing ON incident (closed_at) WHERE closed_at IS NOT NULL;

CREATE INDEX dead_letter_by_time ON dead_letter (dead_at);
