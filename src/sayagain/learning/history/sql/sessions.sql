-- One row a turn with its session, its neighbours and the key of its context, all that its label rests on.
-- Sessions are those of `turns/session.py`. A gap counts as at once, soon or later, as far as a label looks at it.
WITH filled AS (
  SELECT turns.* EXCLUDE (home), coalesce(turns.home, homes.home) AS home
  FROM turns
  JOIN contents USING (content)
  LEFT JOIN homes
    ON homes.identified = (coalesce(turns.user_id, '') <> '')
    AND homes.owner = coalesce(
      nullif(turns.user_id, ''), nullif(turns.device_id, ''), nullif(turns.satellite_id, '')
    )
  WHERE NOT contents.teaching
),

threads AS (
  SELECT
    filled.*,
    CASE
      WHEN home IS NOT NULL THEN 'h' || home
      WHEN coalesce(user_id, '') <> '' THEN 'u' || user_id
      WHEN parameters.anonymous = 'device' THEN 'd' || coalesce(nullif(device_id, ''), nullif(satellite_id, ''), '')
      ELSE 'd'
    END AS person,
    CASE
      WHEN session_id IS NOT NULL THEN struct_pack(kind := 1, a := session_id, b := NULL)
      WHEN user_id IS NULL AND device_id IS NULL AND satellite_id IS NULL
        THEN struct_pack(kind := 2, a := conversation_id, b := NULL)
      ELSE struct_pack(kind := 3, a := user_id, b := coalesce(nullif(device_id, ''), satellite_id))
    END AS thread
  FROM filled, parameters
),

marked AS (
  SELECT
    threads.*,
    CASE
      WHEN session_id IS NULL AND started - lag(last_event) OVER turn_order > parameters.session_gap THEN 1 ELSE 0
    END AS begins
  FROM threads, parameters
  WINDOW turn_order AS (PARTITION BY assistant, home, thread ORDER BY started, turn_id)
),

numbered AS (
  SELECT
    *,
    sum(begins) OVER (
      PARTITION BY assistant, home, thread ORDER BY started, turn_id ROWS UNBOUNDED PRECEDING
    ) AS nth
  FROM marked
),

neighbours AS (
  SELECT
    turn_id,
    started,
    content,
    hearing,
    first_value(started) OVER turn_order AS session_started,
    first_value(turn_id) OVER turn_order AS session_turn,
    first_value(coalesce(session_id, turn_id)) OVER turn_order AS session,
    first_value(user_id) OVER turn_order AS speaker,
    coalesce(
      first_value(CASE WHEN coalesce(user_id, '') <> '' THEN person END IGNORE NULLS) OVER whole,
      first_value(person) OVER whole
    ) AS person,
    lag(content) OVER turn_order AS previous,
    lead(content) OVER turn_order AS next,
    lead(content, 2) OVER turn_order AS second,
    lead(started) OVER turn_order - started AS next_gap,
    lead(started, 2) OVER turn_order - started AS second_gap
  FROM numbered
  WINDOW
    turn_order AS (PARTITION BY assistant, home, thread, nth ORDER BY started, turn_id),
    whole AS (
      PARTITION BY assistant, home, thread, nth ORDER BY started, turn_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
),

classed AS (
  SELECT
    neighbours.* EXCLUDE (next_gap, second_gap),
    CASE WHEN next_gap <= parameters.at_once THEN 0 WHEN next_gap <= parameters.soon THEN 1 ELSE 2 END AS next_gap,
    CASE WHEN second_gap <= parameters.at_once THEN 0 WHEN second_gap <= parameters.soon THEN 1 ELSE 2 END AS second_gap
  FROM neighbours, parameters
)

SELECT
  *,
  md5_number_lower(
    concat_ws(' ', content, coalesce(CAST(next AS VARCHAR), '-'), coalesce(CAST(second AS VARCHAR), '-'), next_gap, second_gap)
  ) AS context
FROM classed
