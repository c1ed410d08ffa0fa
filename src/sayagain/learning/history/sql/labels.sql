-- Each context once that has no label yet, with the records that its label rests on.
WITH contexts AS (
  SELECT
    context,
    any_value(content) AS content,
    any_value(next) AS next,
    any_value(second) AS second,
    any_value(next_gap) AS next_gap,
    any_value(second_gap) AS second_gap
  FROM older
  ANTI JOIN labels USING (context)
  GROUP BY context
)
SELECT
  context,
  contexts.content,
  next,
  second,
  next_gap,
  second_gap,
  records.record,
  next_records.record AS next_record,
  second_records.record AS second_record
FROM contexts
JOIN records USING (content)
LEFT JOIN records AS next_records ON next_records.content = contexts.next
LEFT JOIN records AS second_records ON second_records.content = contexts.second
