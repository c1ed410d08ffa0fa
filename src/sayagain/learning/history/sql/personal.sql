-- What works for each user: the latest words for each hypothesis, and what was heard when it was meant.
-- A user's hypothesis counts from the first turn on that has words for it.
WITH meant AS (
  SELECT
    speaker,
    language,
    meant,
    spoken,
    probability,
    struct_pack(a := started, b := turn_id) AS place,
    CASE WHEN meant = plain THEN surface ELSE words END AS said
  FROM facts
  WHERE meant IS NOT NULL AND coalesce(speaker, '') <> ''
),

placed AS (
  SELECT
    *,
    min(CASE WHEN said IS NOT NULL THEN place END) OVER (PARTITION BY speaker, language, meant) AS first_place
  FROM meant
)

SELECT
  speaker,
  language,
  meant,
  spoken,
  arg_max(said, place) FILTER (WHERE said IS NOT NULL AND trim(said) <> '') AS said,
  max(place) FILTER (WHERE said IS NOT NULL AND trim(said) <> '') AS said_at,
  CAST(sum(CAST(round(probability * 1e9) AS BIGINT)) AS BIGINT) AS weight
FROM placed
WHERE place >= first_place
GROUP BY speaker, language, meant, spoken
ORDER BY speaker, language, meant, spoken
