-- Time of the newest entry that an archive file holds, so that an incident's file is found; NULL for files of before.
ALTER TABLE archive ADD COLUMN newest_at text COLLATE "C";
CREATE INDEX archive_by_newest ON archive (newest_at);
