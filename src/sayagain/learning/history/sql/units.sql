-- The privacy unit of each fitting unit, and the unit it is counted under.
-- Units that speak in the latest sessions keep their names, for a look-up leaves them out. All others are counted in
-- groups: those of one privacy unit are in one group, and there are at most `most_groups` of them, so that memory does
-- not grow with the number of users.
WITH named AS (
  SELECT
    CASE
      WHEN coalesce(speaker, '') <> '' AND NOT parameters.few_users THEN speaker ELSE 'session ' || session
    END AS unit,
    person,
    session_started,
    session_turn
  FROM older, parameters
),

units AS (
  SELECT unit, arg_min(person, struct_pack(a := session_started, b := session_turn)) AS person
  FROM named
  GROUP BY unit
),

strangers AS (
  SELECT person, (row_number() OVER (ORDER BY person) - 1) % parameters.most_groups AS slot
  FROM (SELECT DISTINCT person FROM units ANTI JOIN latest_persons USING (person)) AS persons, parameters
)

SELECT
  units.unit,
  units.person AS privacy_unit,
  coalesce('s' || strangers.slot, units.person) AS person,
  CASE
    WHEN latest_units.unit IS NOT NULL THEN units.unit
    ELSE chr(0) || 'older ' || coalesce('s' || strangers.slot, units.person) || ' '
      || md5_number_lower(units.unit) % parameters.folds
  END AS counted_as
FROM parameters
CROSS JOIN units
LEFT JOIN latest_units USING (unit)
LEFT JOIN strangers USING (person)
