-- The texts that are counted: what enough people said, and what was said in the latest sessions.
-- A release shows no others, and leaving them out bounds the memory.
SELECT texts.language, texts.text
FROM texts, parameters
GROUP BY texts.language, texts.text
HAVING count(DISTINCT texts.person) >= any_value(parameters.min_users)
UNION
SELECT texts.language, texts.text FROM texts SEMI JOIN latest_texts USING (text)
