-- Of a session's last take: zones that the agent reaches at a higher cost than others do. Beside `zones`, which
-- holds those that it reaches cheaply, and which others with a higher cost leave to it.

ALTER TABLE sessions ADD COLUMN dear_zones TEXT NOT NULL DEFAULT '[]';
