-- Whose place it is, so that what is unhealthy and in flight at once is counted once.
ALTER TABLE permit ADD COLUMN resource TEXT NOT NULL DEFAULT '';
UPDATE permit SET resource = COALESCE((SELECT i.resource FROM incident i WHERE i.id = permit.incident_id), permit.incident_id);

-- Claims that several incidents may hold, as long as none holds the resource alone (the table claim).
CREATE TABLE shared_claim (
    resource TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (resource, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_claim_of_incident ON shared_claim (incident_id);

-- When changes were begun, for budgets that limit how often. Rows of the last hours stay.
CREATE TABLE budget_start (
    budget TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX budget_start_by_budget ON budget_start (budget, at);
CREATE INDEX budget_start_by_time ON budget_start (at);
