-- SyncMate's coordinator: docs/schema.md says what each table and column is. Times are milliseconds of the Worker's
-- clock, sizes are bytes.
-- Each index that a write touches costs one more row written, so the indexes are partial, and their
-- states are literals that the statements in src/sql/ repeat word for word.

CREATE TABLE jobs (
  job_no INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('open', 'active', 'done')),
  slice_size_bytes INTEGER NOT NULL CHECK (slice_size_bytes > 0),
  window_bytes INTEGER NOT NULL,
  -- Objects that exist or may come to exist: of tasks in uploading, uploaded and downloading, and of
  -- all garbage. The CHECK makes a take that would pass the window impossible.
  window_used_bytes INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,

  -- Whose copy the job is for; NULL: nobody has said so yet. With the domain that said it and the id of its folder
  -- then, so that another file system of the same names takes nothing of the job (docs/adr/0018).
  destination TEXT,
  claimed_domain TEXT,
  claimed_folder TEXT,

  -- Totals, kept by the statements that move tasks and files (src/sql/totals.ts). Slices that were
  -- never handed out have no row in tasks; they count as pending (failed, if their file failed).
  tasks_pending INTEGER NOT NULL DEFAULT 0 CHECK (tasks_pending >= 0),
  tasks_uploading INTEGER NOT NULL DEFAULT 0 CHECK (tasks_uploading >= 0),
  tasks_uploaded INTEGER NOT NULL DEFAULT 0 CHECK (tasks_uploaded >= 0),
  tasks_downloading INTEGER NOT NULL DEFAULT 0 CHECK (tasks_downloading >= 0),
  tasks_downloaded INTEGER NOT NULL DEFAULT 0 CHECK (tasks_downloaded >= 0),
  tasks_failed INTEGER NOT NULL DEFAULT 0 CHECK (tasks_failed >= 0),
  bytes_pending INTEGER NOT NULL DEFAULT 0 CHECK (bytes_pending >= 0),
  bytes_uploading INTEGER NOT NULL DEFAULT 0 CHECK (bytes_uploading >= 0),
  bytes_uploaded INTEGER NOT NULL DEFAULT 0 CHECK (bytes_uploaded >= 0),
  bytes_downloading INTEGER NOT NULL DEFAULT 0 CHECK (bytes_downloading >= 0),
  bytes_downloaded INTEGER NOT NULL DEFAULT 0 CHECK (bytes_downloaded >= 0),
  bytes_failed INTEGER NOT NULL DEFAULT 0 CHECK (bytes_failed >= 0),
  files_unresolved INTEGER NOT NULL DEFAULT 0 CHECK (files_unresolved >= 0),
  files_transferring INTEGER NOT NULL DEFAULT 0 CHECK (files_transferring >= 0),
  files_placing INTEGER NOT NULL DEFAULT 0 CHECK (files_placing >= 0),
  files_done INTEGER NOT NULL DEFAULT 0 CHECK (files_done >= 0),
  files_failed INTEGER NOT NULL DEFAULT 0 CHECK (files_failed >= 0),
  file_bytes_unresolved INTEGER NOT NULL DEFAULT 0 CHECK (file_bytes_unresolved >= 0),
  file_bytes_transferring INTEGER NOT NULL DEFAULT 0 CHECK (file_bytes_transferring >= 0),
  file_bytes_placing INTEGER NOT NULL DEFAULT 0 CHECK (file_bytes_placing >= 0),
  file_bytes_done INTEGER NOT NULL DEFAULT 0 CHECK (file_bytes_done >= 0),
  file_bytes_failed INTEGER NOT NULL DEFAULT 0 CHECK (file_bytes_failed >= 0),

  -- What operators want.
  control TEXT NOT NULL DEFAULT 'run' CHECK (control IN ('run', 'paused', 'cancelled')),
  cut_short INTEGER NOT NULL DEFAULT 0,

  -- When the job's objects are looked through next; 0: at once, NULL: not any more.
  sweep_at INTEGER DEFAULT 0,
  -- Until then an object of an attempt that ended without a result may still come; 0: there was none.
  late_until INTEGER NOT NULL DEFAULT 0,
  -- The request that took the job's last sweep, so that its repeat is answered the same.
  sweep_request TEXT,

  CHECK (slice_size_bytes <= window_bytes),
  CHECK (window_used_bytes BETWEEN 0 AND window_bytes)
) STRICT;
CREATE INDEX jobs_live ON jobs (job_no) WHERE state <> 'done';
CREATE INDEX jobs_held ON jobs (job_no) WHERE control <> 'run';
CREATE INDEX jobs_sweeps ON jobs (sweep_at) WHERE sweep_at IS NOT NULL;
CREATE INDEX jobs_sweep_requests ON jobs (sweep_request) WHERE sweep_request IS NOT NULL;

CREATE TABLE zones (
  zone_no INTEGER PRIMARY KEY,
  job_no INTEGER NOT NULL,
  zone TEXT NOT NULL,
  sample_path TEXT NOT NULL,
  UNIQUE (job_no, zone)
) STRICT;

CREATE TABLE files (
  file_id INTEGER PRIMARY KEY,
  job_no INTEGER NOT NULL,
  zone_no INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('unresolved', 'transferring', 'placing', 'done', 'failed')),

  -- As planned; compared when the same file is submitted again.
  planned_path TEXT NOT NULL,
  planned_mode TEXT NOT NULL CHECK (planned_mode IN ('full', 'append', 'unresolved', 'repair')),
  source_path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  source_digest TEXT,
  target_path TEXT,
  target_size_bytes INTEGER,
  target_digest TEXT,
  dest_sub TEXT NOT NULL,
  dest_name TEXT NOT NULL,
  -- Of a repair: the slice's SHA-256 as its manifest has it, and as it is.
  repair_sha256 TEXT,
  repair_found_sha256 TEXT,

  -- What is moved: bytes [transfer_offset_bytes, size_bytes) as slices 0 .. slices_total - 1.
  -- While unresolved: the whole file, and no slices.
  virtual_path TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('full', 'append', 'unresolved', 'repair')),
  transfer_offset_bytes INTEGER NOT NULL,
  transfer_bytes INTEGER NOT NULL,
  slices_total INTEGER NOT NULL,

  -- Slices below next_slice were handed out at least once and have a row in tasks.
  next_slice INTEGER NOT NULL DEFAULT 0 CHECK (next_slice BETWEEN 0 AND slices_total),
  uncut_bytes INTEGER NOT NULL CHECK (uncut_bytes >= 0),
  downloaded_slices INTEGER NOT NULL DEFAULT 0,
  downloaded_bytes INTEGER NOT NULL DEFAULT 0,
  -- Task epochs start above this: a restarted file never meets an epoch of its former life.
  epoch_floor INTEGER NOT NULL DEFAULT 0,
  restarts INTEGER NOT NULL DEFAULT 0,

  -- Destination file system whose staging has the slices; '' while no receiver took one.
  domain TEXT NOT NULL DEFAULT '',
  -- Hosts that can't reach the file, each with the time until which it isn't offered to them.
  refused TEXT NOT NULL DEFAULT '{}',
  -- Lease of resolving or placing, free where the session is NULL.
  lease_session TEXT,
  lease_epoch INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  -- Of placing: how often hosts could not, and by host as in tasks.
  attempts INTEGER NOT NULL DEFAULT 0,
  failures TEXT NOT NULL DEFAULT '{}',

  -- What the source was when its first slice was read, and whether some slice was read from another state of it, or
  -- from one that may have changed unseen: its slices are read once more then, before it is placed.
  source_stamp TEXT,
  unproved INTEGER NOT NULL DEFAULT 0 CHECK (unproved IN (0, 1)),

  -- Files that readers use together: docs/adr/0011-publish-groups.md.
  publish_group TEXT,
  publish_order INTEGER NOT NULL DEFAULT 0,
  -- 1 while placing: staged, and not handed out, because its group isn't ready. 1 when failed: it did so only
  -- because another file of its group had.
  held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),

  UNIQUE (job_no, planned_path)
) STRICT;
CREATE INDEX files_unresolved ON files (zone_no) WHERE state = 'unresolved';
CREATE INDEX files_uncut ON files (zone_no, next_slice > 0, uncut_bytes)
  WHERE state = 'transferring' AND next_slice < slices_total;
CREATE INDEX files_begun ON files (domain, job_no) WHERE state = 'transferring' AND next_slice > 0;
CREATE INDEX files_failed ON files (job_no) WHERE state = 'failed';
-- A take goes through the files that may be placed alone, those that failed least first.
CREATE INDEX files_placing ON files (held, domain, attempts) WHERE state = 'placing';
CREATE INDEX files_unproved ON files (job_no, zone_no) WHERE state = 'placing' AND unproved = 1;
-- Whether a group is ready is asked of its files: one seek a question, and no counter that could be wrong.
CREATE INDEX files_group ON files (job_no, publish_group, state, publish_order, held)
  WHERE publish_group IS NOT NULL;

CREATE TABLE tasks (
  file_id INTEGER NOT NULL,
  slice_no INTEGER NOT NULL,
  job_no INTEGER NOT NULL,
  zone_no INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (
    state IN ('pending', 'uploading', 'uploaded', 'downloading', 'downloaded', 'failed')),
  offset_bytes INTEGER NOT NULL,
  length_bytes INTEGER NOT NULL,
  -- Of the last lease; held only while uploading or downloading. NULL: taken away by the coordinator.
  lease_session TEXT,
  lease_epoch INTEGER NOT NULL,
  -- Epoch of the attempt that wrote object_key.
  upload_epoch INTEGER NOT NULL,
  object_key TEXT,
  sha256 TEXT,
  -- Of the file's first slice: what its sender saw of the file besides its bytes.
  source_metadata TEXT,
  -- What the source was when the slice was read; NULL: its sender didn't say.
  source_stamp TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  sender TEXT,
  receiver TEXT,
  last_error TEXT,

  -- A stolen task has two attempts: its holder's (lease_*, object_key) and the rival's, from whom it was
  -- stolen. An attempt is alive while its key is there; both keys' bytes are in the window.
  rival_session TEXT,
  rival_epoch INTEGER,
  rival_key TEXT,

  -- By host: {host: {"attempts", "until", "error"}}; until `until` others come first. In the row that a failure
  -- writes anyway, so that they cost none of their own.
  failures TEXT NOT NULL DEFAULT '{}',

  PRIMARY KEY (file_id, slice_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_pending ON tasks (zone_no) WHERE state = 'pending';
CREATE INDEX tasks_uploaded ON tasks (file_id, slice_no) WHERE state = 'uploaded';
CREATE INDEX tasks_failed ON tasks (file_id, slice_no) WHERE state = 'failed';

CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY,
  -- closing: ended or expired, its leases not all taken back yet.
  state TEXT NOT NULL CHECK (state IN ('open', 'closing', 'expired', 'ended')),
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('send', 'recv', 'both')),
  domain TEXT NOT NULL,
  -- Of a receiver: whose copy it writes, and the ids of its folders. Hosts of a domain have the same ones.
  destination TEXT,
  target_folder_id TEXT,
  cache_folder_id TEXT,
  agent_version TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  transferred_bytes INTEGER NOT NULL DEFAULT 0,
  bytes_per_second INTEGER NOT NULL DEFAULT 0,
  leases INTEGER NOT NULL DEFAULT 0,

  -- What an operator told the agent.
  directive TEXT NOT NULL DEFAULT 'work' CHECK (directive IN ('work', 'pause', 'drain')),

  -- Of its last take: the zones that a sender reaches cheaply, whether a receiver had no room for what waits, and
  -- the zones that the agent reaches at a higher cost than others do, and leaves to them. Written only when they
  -- change, so that a take costs no row more.
  zones TEXT NOT NULL DEFAULT '[]',
  short_of_space INTEGER NOT NULL DEFAULT 0 CHECK (short_of_space IN (0, 1)),
  dear_zones TEXT NOT NULL DEFAULT '[]',

  -- Different tasks that failed one after another, and when it may try one again if they are many.
  failing_tasks TEXT NOT NULL DEFAULT '[]',
  probe_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_open ON sessions (session_id) WHERE state = 'open';
CREATE INDEX sessions_closing ON sessions (session_id) WHERE state = 'closing';
CREATE INDEX sessions_expired ON sessions (opened_at) WHERE state = 'expired';

-- What a session took, one row a call: finds its leases without an index entry per task, and
-- answers a repeated request. picks: [[file_id, slice_no, lease_epoch], ...], slice_no -1 for a file.
CREATE TABLE takes (
  session_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('send', 'recv', 'resolve', 'place', 'prove')),
  taken_at INTEGER NOT NULL,
  picks TEXT NOT NULL,
  PRIMARY KEY (session_id, kind, request_id)
) STRICT, WITHOUT ROWID;

-- Objects to delete. Their bytes stay in the job's window until a receiver says they are gone.
CREATE TABLE garbage (
  object_key TEXT PRIMARY KEY,
  job_no INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  not_before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Key ranges of garbage that a receiver is deleting now: one row a receiver, none per object.
CREATE TABLE garbage_takes (
  session_id TEXT PRIMARY KEY,
  first_key TEXT NOT NULL,
  last_key TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was placed, of whichever job: the SHA-256 of every slice, by where it lies; kept for good (docs/adr/0020).
-- A row has a thousand slices at most.
CREATE TABLE manifests (
  destination TEXT NOT NULL,
  target_path TEXT NOT NULL,
  offset_bytes INTEGER NOT NULL,
  end_bytes INTEGER NOT NULL,
  -- Of each slice but the last, which may be shorter.
  slice_size_bytes INTEGER NOT NULL,
  source_path TEXT NOT NULL,
  -- 64 characters each, one behind the other.
  sha256s TEXT NOT NULL,
  PRIMARY KEY (destination, target_path, offset_bytes)
) STRICT, WITHOUT ROWID;

-- What operators did: a row a call, in the transaction of what it changed. The oldest go as new ones come
-- (src/sql/audit.ts). status is what the caller was answered.
CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  token_name TEXT NOT NULL,
  token_role TEXT NOT NULL,
  call TEXT NOT NULL,
  subject TEXT NOT NULL,
  status INTEGER NOT NULL,
  request_id TEXT NOT NULL
) STRICT;

-- Bearer tokens beside those of the secret SYNCMATE_TOKENS. A revoked one keeps its row, so that it is never added again.
CREATE TABLE tokens (
  token_id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('send', 'recv', 'both', 'admin', 'read')),
  created_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER
) STRICT;

-- A check of a job's rows, one row a job: the one under way, and what the last finished one found. The triggers that
-- keep its tallies right are made by the first recount (src/sql/recount-triggers.ts).
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
