-- The turns of sessions that began before the first session that is kept in memory.
SELECT sessions.*
FROM sessions, parameters
WHERE session_started < cut_started OR (session_started = cut_started AND session_turn < cut_turn)
