-- A team lists the incidents of its namespace: the third part of the resource's text.
ALTER TABLE incident ADD COLUMN namespace text COLLATE "C" GENERATED ALWAYS AS (split_part(resource, '/', 3)) STORED;
CREATE INDEX incident_by_namespace ON incident (namespace, opened_at, id);
