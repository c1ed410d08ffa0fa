-- The words that worked for each hypothesis, and how they were written; the words are shared as texts are.
WITH shared_requests AS (
  SELECT facts.language, facts.request
  FROM facts, parameters
  WHERE meant = plain
  GROUP BY facts.language, facts.request
  HAVING count(DISTINCT facts.person) >= any_value(parameters.min_users)
  UNION
  SELECT facts.language, facts.request FROM facts JOIN latest_texts ON latest_texts.text = facts.request
)
SELECT
  facts.language,
  meant,
  facts.request,
  surface,
  unit,
  person,
  CAST(sum(CAST(round(probability * 1e9) AS BIGINT)) AS BIGINT) AS weight
FROM facts
JOIN shared_requests
  ON shared_requests.request = facts.request AND shared_requests.language IS NOT DISTINCT FROM facts.language
WHERE meant = plain
GROUP BY facts.language, meant, facts.request, surface, unit, person
ORDER BY ALL
