-- A team lists the incidents of its namespace: the third part of the resource's text.
ALTER TABLE incident ADD COLUMN namespace TEXT GENERATED ALWAYS AS (
    substr(substr(substr(resource, instr(resource, '/') + 1), instr(substr(resource, instr(resource, '/') + 1), '/') + 1), 1,
        instr(substr(substr(resource, instr(resource, '/') + 1), instr(substr(resource, instr(resource, '/') + 1), '/') + 1), '/') - 1)) VIRTUAL;
CREATE INDEX incident_by_namespace ON incident (namespace, opened_at, id);
