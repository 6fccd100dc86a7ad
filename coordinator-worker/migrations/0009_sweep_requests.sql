-- The request that took the job's last sweep, so that its repeat is answered the same.
ALTER TABLE jobs ADD COLUMN sweep_request TEXT;
CREATE INDEX jobs_sweep_requests ON jobs (sweep_request) WHERE sweep_request IS NOT NULL;
