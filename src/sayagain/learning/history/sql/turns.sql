-- One row a turn: when and by whom, and the keys of its content. `last_event` is the last thing known of the turn.
SELECT
  turn_id,
  started,
  greatest(
    started,
    coalesce(ended, 0),
    coalesce(
      nullif(CAST(json_extract_string(speech, '$.ended') AS BIGINT), 0),
      CAST(json_extract_string(speech, '$.started') AS BIGINT),
      0
    )
  ) AS last_event,
  assistant,
  home,
  user_id,
  device_id,
  satellite_id,
  conversation_id,
  session_id,
  content,
  hearing
FROM log
