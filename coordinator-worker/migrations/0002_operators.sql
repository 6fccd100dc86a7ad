-- What operators want, and what the coordinator knows of agents beyond their leases.

ALTER TABLE jobs ADD COLUMN control TEXT NOT NULL DEFAULT 'run'
  CHECK (control IN ('run', 'paused', 'cancelled'));
CREATE INDEX jobs_held ON jobs (job_no) WHERE control <> 'run';

ALTER TABLE sessions ADD COLUMN directive TEXT NOT NULL DEFAULT 'work'
  CHECK (directive IN ('work', 'pause', 'drain'));
-- Of its last take: the zones that a sender reaches, and whether a receiver had no room for what waits.
-- Written only when they change, so that a take costs no row more.
ALTER TABLE sessions ADD COLUMN zones TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sessions ADD COLUMN short_of_space INTEGER NOT NULL DEFAULT 0
  CHECK (short_of_space IN (0, 1));
