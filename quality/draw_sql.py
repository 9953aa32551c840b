"""The draw of `quality.draw` as one statement that stores its cases: no population of a million is
carried out of the database to have twenty thousand of it drawn.

`quality.draw` remains what is published, and what a past round is checked with.
"""

from __future__ import annotations

#: `wanted` of each stratum, and the weight of each of its cases
DRAW = """
WITH keyed AS (
    SELECT id, stratum_id,
           sha256(%(prefix)s::bytea || convert_to(ticket_public_id::text, 'UTF8')) AS key
    FROM quality_framemember WHERE round_id = %(round)s
), placed AS (
    SELECT id, stratum_id, key, row_number() OVER (PARTITION BY stratum_id ORDER BY key) AS place
    FROM keyed
)
INSERT INTO quality_samplecase
    (public_id, round_id, member_id, ordinal, weight, state, non_response)
SELECT gen_random_uuid(), %(round)s, placed.id, row_number() OVER (ORDER BY placed.key),
       plan.weight, 'pending', ''
FROM placed
JOIN unnest(%(strata)s::bigint[], %(wanted)s::integer[], %(weights)s::numeric[])
     AS plan (stratum_id, wanted, weight)
  ON plan.stratum_id = placed.stratum_id AND placed.place <= plan.wanted
"""
