-- Texts are compared byte by byte, as everywhere else in this program. Times are texts too: what is hashed is what is stored.
CREATE TABLE event (
    sequence bigint PRIMARY KEY,
    resource text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    incident_id text COLLATE "C",
    type text COLLATE "C" NOT NULL,
    schema bigint NOT NULL,
    at text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    trace_id text COLLATE "C" NOT NULL,
    payload text COLLATE "C" NOT NULL,
    previous_hash text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    UNIQUE (resource, version)
);
CREATE INDEX event_of_incident ON event (incident_id, sequence) WHERE incident_id IS NOT NULL;

CREATE TABLE checkpoint (
    id bigint PRIMARY KEY,
    sequence bigint NOT NULL UNIQUE,
    entries bigint NOT NULL,
    at text COLLATE "C" NOT NULL,
    heads text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    previous_hash text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    signature text COLLATE "C" NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: the table % only grows, and % is refused', TG_TABLE_NAME, TG_OP;
END
$$;
CREATE TRIGGER event_only_grows BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_is_not_emptied BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_only_grows BEFORE UPDATE OR DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_is_not_emptied BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- for the copies of replication and restore too
ALTER TABLE event ENABLE ALWAYS TRIGGER event_only_grows;
ALTER TABLE event ENABLE ALWAYS TRIGGER event_is_not_emptied;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_only_grows;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_is_not_emptied;

CREATE TABLE resource_head (
    resource text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    hash text COLLATE "C" NOT NULL,
    document text COLLATE "C" NOT NULL,
    document_schema bigint NOT NULL
);

CREATE TABLE incident (
    id text COLLATE "C" PRIMARY KEY,
    resource text COLLATE "C" NOT NULL,
    problem text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    summary text COLLATE "C" NOT NULL,
    opened_at text COLLATE "C" NOT NULL,
    closed_at text COLLATE "C"
);
CREATE INDEX incident_by_opening ON incident (opened_at);
CREATE INDEX incident_by_status ON incident (status, opened_at);
CREATE INDEX incident_by_resource ON incident (resource, opened_at);

CREATE TABLE due_work (
    resource text COLLATE "C" PRIMARY KEY,
    due_at text COLLATE "C" NOT NULL
);
CREATE INDEX due_work_by_time ON due_work (due_at);

CREATE TABLE inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dedupe text COLLATE "C" NOT NULL UNIQUE,
    alert text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    trace_id text COLLATE "C" NOT NULL,
    received_at text COLLATE "C" NOT NULL,
    attempts bigint NOT NULL DEFAULT 0
);

CREATE TABLE dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dedupe text COLLATE "C" UNIQUE,
    text text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    trace_id text COLLATE "C" NOT NULL,
    received_at text COLLATE "C" NOT NULL,
    attempts bigint NOT NULL,
    dead_at text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL
);

CREATE TABLE permit (
    budget text COLLATE "C" NOT NULL,
    incident_id text COLLATE "C" NOT NULL,
    since text COLLATE "C" NOT NULL,
    PRIMARY KEY (budget, incident_id)
);
CREATE INDEX permit_of_incident ON permit (incident_id);

CREATE TABLE claim (
    resource text COLLATE "C" PRIMARY KEY,
    incident_id text COLLATE "C" NOT NULL,
    since text COLLATE "C" NOT NULL
);
CREATE INDEX claim_of_incident ON claim (incident_id);

-- Who follows the active alerts asks for what changed since the change that it knows: each change of a row takes the next number.
-- A row stays for some minutes after its alert has gone (gone_at), so that followers hear of it; then it is forgotten.
CREATE TABLE active_alert (
    fingerprint text COLLATE "C" PRIMARY KEY,
    resource text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    labels text COLLATE "C" NOT NULL,
    starts_at text COLLATE "C" NOT NULL,
    last_seen text COLLATE "C" NOT NULL,
    change bigint NOT NULL,
    gone_at text COLLATE "C"
);
CREATE INDEX active_alert_by_change ON active_alert (change);
CREATE INDEX active_alert_by_going ON active_alert (gone_at) WHERE gone_at IS NOT NULL;

CREATE TABLE alert_change (
    id bigint PRIMARY KEY CHECK (id = 1),
    newest bigint NOT NULL,
    -- the newest change that was forgotten: who knows less has to begin anew
    forgotten bigint NOT NULL
);
INSERT INTO alert_change (id, newest, forgotten) VALUES (1, 1, 0);

-- The replicas that share this store; member_table counts every change of who they are, but not their signs of life.
CREATE TABLE member_table (
    id bigint PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL
);
INSERT INTO member_table (id, version) VALUES (1, 0);

CREATE TABLE member (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    status text COLLATE "C" NOT NULL,
    is_dead boolean NOT NULL,
    alive_at text COLLATE "C" NOT NULL,
    document text COLLATE "C" NOT NULL
);

-- By the clock of the database, the only one that all replicas share.
CREATE TABLE lease (
    name text COLLATE "C" PRIMARY KEY,
    owner text COLLATE "C" NOT NULL,
    until timestamptz NOT NULL
);
