-- Where an alert was before it moved: this row tells that resource that the alert is over there. NULL for alerts as they come in.
ALTER TABLE inbox ADD COLUMN moved_from text COLLATE "C";
-- Probes of the health check are found among however many alerts wait.
CREATE INDEX inbox_probe ON inbox (id) WHERE source = 'healthcheck';
