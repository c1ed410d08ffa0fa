-- Each content once that no earlier file has.
SELECT content, any_value(record) AS record
FROM log
ANTI JOIN records USING (content)
GROUP BY content
