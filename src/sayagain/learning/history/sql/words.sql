-- How often each word was heard, and by whom.
WITH spoken AS (
  SELECT language, person, unnest(string_split(spoken, ' ')) AS word FROM facts WHERE spoken <> ''
)
SELECT language, word, person, count(*) AS times
FROM spoken
GROUP BY language, word, person
ORDER BY ALL
