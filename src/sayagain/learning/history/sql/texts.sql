-- Every text that was heard, with the weight of each transcript; a turn without an n-best list has one transcript.
SELECT facts.unit, facts.person, facts.language, facts.meant, facts.probability, transcripts.text, transcripts.weight
FROM facts
JOIN transcripts USING (hearing)
UNION ALL
SELECT unit, person, language, meant, probability, heard, 1.0
FROM facts
ANTI JOIN transcripts USING (hearing)
