-- A stolen task has two attempts: its holder's (lease_*, object_key) and the rival's, from whom it was
-- stolen. An attempt is alive while its key is there; both keys' bytes are in the window.
ALTER TABLE tasks ADD COLUMN rival_session TEXT;
ALTER TABLE tasks ADD COLUMN rival_epoch INTEGER;
ALTER TABLE tasks ADD COLUMN rival_key TEXT;
