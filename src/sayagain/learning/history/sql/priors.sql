-- How often each outcome followed in each context.
WITH outcomes AS (
  SELECT language, unit, probability, 'shape ' || response AS context, meant_shape AS outcome FROM facts WHERE meant IS NOT NULL
  UNION ALL
  SELECT language, unit, probability, 'reading ' || response, meant FROM facts WHERE meant IS NOT NULL
  UNION ALL
  SELECT language, unit, probability, 'after ' || previous_shape, meant_shape FROM facts WHERE meant IS NOT NULL
  UNION ALL
  SELECT language, unit, probability, 'any', meant FROM facts WHERE meant IS NOT NULL
)
SELECT language, context, outcome, unit, CAST(sum(CAST(round(probability * 1e9) AS BIGINT)) AS BIGINT) AS weight
FROM outcomes
GROUP BY language, context, outcome, unit
ORDER BY ALL
