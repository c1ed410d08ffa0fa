-- How often each text was the best transcript and was left as it was, and how often the assistant then failed.
SELECT facts.language, heard AS text, unit, plain, count(*) AS turns, CAST(sum(CAST(failed AS BIGINT)) AS BIGINT) AS failed
FROM facts
JOIN shared_texts ON shared_texts.text = facts.heard AND shared_texts.language IS NOT DISTINCT FROM facts.language
WHERE unchanged
GROUP BY facts.language, heard, unit, plain
ORDER BY ALL
