-- One row a turn: what counts of it. A label counts only where it is verified.
SELECT
  older.started,
  older.turn_id,
  older.speaker,
  older.session,
  units.counted_as AS unit,
  units.person,
  coalesce(contents.language, parameters.language) AS language,
  contents.content,
  contents.heard,
  contents.spoken,
  contents.plain,
  contents.failed,
  contents.unchanged,
  CASE WHEN contents.has_transcripts THEN older.hearing END AS hearing,
  contents.request,
  contents.surface,
  coalesce(earlier.response, '') AS response,
  coalesce(earlier.shape, '<') AS previous_shape,
  labels.meant,
  labels.meant_shape,
  labels.probability,
  labels.words
FROM parameters
CROSS JOIN older
JOIN contents USING (content)
LEFT JOIN contents AS earlier ON earlier.content = older.previous
JOIN labels USING (context)
JOIN units
  ON units.unit = CASE
    WHEN coalesce(older.speaker, '') <> '' AND NOT parameters.few_users THEN older.speaker
    ELSE 'session ' || older.session
  END
