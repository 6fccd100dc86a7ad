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
