-- What an archive file took out of the store. Only what such a row covers can be deleted.
CREATE TABLE archive (
    id bigint PRIMARY KEY,
    sequence bigint NOT NULL UNIQUE,
    entries bigint NOT NULL,
    checkpoint_id bigint NOT NULL,
    checkpoint_hash text COLLATE "C" NOT NULL,
    at text COLLATE "C" NOT NULL,
    file text COLLATE "C" NOT NULL,
    file_hash text COLLATE "C" NOT NULL,
    heads text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    signature text COLLATE "C" NOT NULL
);
CREATE TRIGGER archive_only_grows BEFORE UPDATE OR DELETE ON archive FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER archive_is_not_emptied BEFORE TRUNCATE ON archive FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE archive ENABLE ALWAYS TRIGGER archive_only_grows;
ALTER TABLE archive ENABLE ALWAYS TRIGGER archive_is_not_emptied;

CREATE FUNCTION refuse_delete_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sequence > (SELECT COALESCE(MAX(sequence), 0) FROM archive) THEN
        RAISE EXCEPTION 'the journal is append-only: an event is never deleted before an archive has it';
    END IF;
    RETURN OLD;
END
$$;
CREATE FUNCTION refuse_delete_of_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.id >= (SELECT COALESCE(MAX(checkpoint_id), 0) FROM archive) THEN
        RAISE EXCEPTION 'the journal is append-only: a checkpoint is never deleted before an archive has it';
    END IF;
    RETURN OLD;
END
$$;
DROP TRIGGER event_only_grows ON event;
CREATE TRIGGER event_only_grows BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_goes_only_archived BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_event();
DROP TRIGGER checkpoint_only_grows ON checkpoint;
CREATE TRIGGER checkpoint_only_grows BEFORE UPDATE ON checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_goes_only_archived BEFORE DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_checkpoint();
ALTER TABLE event ENABLE ALWAYS TRIGGER event_only_grows;
ALTER TABLE event ENABLE ALWAYS TRIGGER event_goes_only_archived;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_only_grows;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_goes_only_archived;
