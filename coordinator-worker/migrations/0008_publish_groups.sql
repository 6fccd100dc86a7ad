-- Files that readers use together: docs/adr/0011-publish-groups.md.

ALTER TABLE files ADD COLUMN publish_group TEXT;
ALTER TABLE files ADD COLUMN publish_order INTEGER NOT NULL DEFAULT 0;
-- 1 while placing: staged, and not handed out, because its group isn't ready. 1 when failed: it did so only
-- because another file of its group had.
ALTER TABLE files ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));

-- A take goes through the files that may be placed alone.
DROP INDEX files_placing;
CREATE INDEX files_placing ON files (held, domain) WHERE state = 'placing';
-- Whether a group is ready is asked of its files: one seek a question, and no counter that could be wrong.
CREATE INDEX files_group ON files (job_no, publish_group, state, publish_order, held)
  WHERE publish_group IS NOT NULL;
