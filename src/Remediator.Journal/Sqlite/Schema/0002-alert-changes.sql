-- Who follows the active alerts asks for what changed since the change that it knows: each change of a row takes the next number.
-- A row stays for some minutes after its alert has gone (gone_at), so that followers hear of it; then it is forgotten.
ALTER TABLE active_alert ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE active_alert ADD COLUMN gone_at TEXT;
CREATE INDEX active_alert_by_change ON active_alert (change);
CREATE INDEX active_alert_by_going ON active_alert (gone_at) WHERE gone_at IS NOT NULL;

CREATE TABLE alert_change (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    newest INTEGER NOT NULL,
    -- the newest change that was forgotten: who knows less has to begin anew
    forgotten INTEGER NOT NULL
) STRICT;
INSERT INTO alert_change (id, newest, forgotten) VALUES (1, 1, 0);
UPDATE active_alert SET change = 1;
