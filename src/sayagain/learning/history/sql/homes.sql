-- The home of each user, and of each device where nobody is identified; the first by name, as in `turns/homes.py`.
WITH owners AS (
  SELECT
    coalesce(user_id, '') <> '' AS identified,
    coalesce(nullif(user_id, ''), nullif(device_id, ''), nullif(satellite_id, '')) AS owner,
    home
  FROM turns
  WHERE home IS NOT NULL
)
SELECT identified, owner, min(home) AS home
FROM owners, parameters
WHERE owner IS NOT NULL AND (identified OR parameters.anonymous = 'one')
GROUP BY identified, owner
