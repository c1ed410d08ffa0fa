-- The turns of some Parquet files with two keys: of what a turn says, and of what was heard.
-- Whatever labels rest on is in `record`, so that equal contents are read and labelled once; the request stands last,
-- since it may hold any character.
WITH records AS (
  SELECT
    *,
    concat_ws(
      chr(31), coalesce(language, ''), coalesce(applied_rewrite, ''), coalesce(nlu, ''), coalesce(response, ''),
      coalesce(actions, ''), coalesce(interrupted, ''), coalesce(feedback, ''), request
    ) AS record
  FROM files
)
SELECT *, md5_number_lower(record) AS content, md5_number_lower(asr) AS hearing
FROM records
