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
