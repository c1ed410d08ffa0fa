-- The hypotheses that each text turned out to have.
-- Weights are summed as integers, in billionths, so that the sum is the same in any order.
SELECT texts.language, text, meant, unit, CAST(sum(CAST(round(weight * probability * 1e9) AS BIGINT)) AS BIGINT) AS weight
FROM texts
JOIN shared_texts USING (text)
WHERE meant IS NOT NULL AND shared_texts.language IS NOT DISTINCT FROM texts.language
GROUP BY texts.language, text, meant, unit
ORDER BY ALL
