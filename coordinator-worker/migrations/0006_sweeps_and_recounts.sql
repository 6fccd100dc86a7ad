-- When a job's objects are looked through next; 0: at once, NULL: not any more.
ALTER TABLE jobs ADD COLUMN sweep_at INTEGER DEFAULT 0;
CREATE INDEX jobs_sweeps ON jobs (sweep_at) WHERE sweep_at IS NOT NULL;

-- A check of a job's rows, one row a job: the one under way, and what the last finished one found.
CREATE TABLE recounts (
  job_no INTEGER PRIMARY KEY,
  -- Files up to this planned path are counted; NULL: none is under way.
  upto TEXT,
  started_at INTEGER NOT NULL,
  -- Of the one under way: contradictions so far.
  found TEXT NOT NULL DEFAULT '[]',
  finished_at INTEGER,
  repaired TEXT NOT NULL DEFAULT '[]',
  problems TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX recounts_under_way ON recounts (job_no) WHERE upto IS NOT NULL;

-- What the counted files and their tasks come to, as of now: whatever moves them meanwhile is added.
CREATE TABLE recount_tallies (
  job_no INTEGER NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('file', 'task')),
  state TEXT NOT NULL,
  n INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  window_bytes INTEGER NOT NULL,
  PRIMARY KEY (job_no, what, state)
) STRICT, WITHOUT ROWID;
