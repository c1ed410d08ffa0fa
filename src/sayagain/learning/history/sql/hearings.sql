-- Each n-best list of recognition once that no earlier file has.
SELECT hearing, any_value(asr) AS asr
FROM log
ANTI JOIN hearings USING (hearing)
WHERE hearing IS NOT NULL
GROUP BY hearing
