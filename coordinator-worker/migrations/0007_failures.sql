-- Failures by host. Of a task: {host: {"attempts", "until", "error"}}; until `until` others come first.
-- In the rows that a failure writes anyway, so that they cost none of their own.
ALTER TABLE tasks ADD COLUMN failures TEXT NOT NULL DEFAULT '{}';

-- Different tasks that failed one after another in a session, and when it may try one again if they are many.
ALTER TABLE sessions ADD COLUMN failing_tasks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sessions ADD COLUMN probe_at INTEGER NOT NULL DEFAULT 0;
