-- What the evidence of an incident names as what it waits for, as that of others may name it too; NULL where it names nothing.
ALTER TABLE incident ADD COLUMN waits_for TEXT;
CREATE INDEX incident_open_waiting ON incident (opened_at, id) WHERE closed_at IS NULL AND waits_for IS NOT NULL;
