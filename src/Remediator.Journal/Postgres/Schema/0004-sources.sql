-- Whose alert it is; NULL where that is not known, as of every alert of before. From here on the column fingerprint holds the alert's id, in
-- which the source is too: two sources with the same labels have two alerts.
ALTER TABLE active_alert ADD COLUMN source text COLLATE "C";
CREATE INDEX active_alert_by_source ON active_alert (source) WHERE gone_at IS NULL;
