-- Who named which thing, room or person.
SELECT DISTINCT facts.language, names.name, facts.person
FROM facts
JOIN names USING (content)
ORDER BY ALL
