"""Words among texts: the condition on a text's tokens, and how common words are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, Lookup
from django.db.models.sql.compiler import SQLCompiler


class _HasWords(Lookup):
    """A `tsvector` against the words of `core.bigrams.query`, past PostgreSQL's own parser."""

    lookup_name = "has_words"

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        tokens, values = self.process_lhs(compiler, connection)
        words, typed = self.process_rhs(compiler, connection)
        return f"{tokens} @@ {words}::tsquery", (*values, *typed)


class Named(Func):
    """Tickets as PostgreSQL wrote a list of them, which goes back as it came. It is given as a
    subquery: a list that the planner sees it may take for so many that it looks for them among all
    tickets, the newest first, of which the words may have none."""

    # without the cast ANY would compare with the rows of the subquery
    template = "(SELECT %(expressions)s)::bigint[]"

    def __init__(self, written: str) -> None:
        ids: ArrayField[Any, Any] = ArrayField(models.BigIntegerField())
        super().__init__(models.Value(written, output_field=ids), output_field=ids)


# Words are common when the newest texts have them. Only then is the list of their tickets not
# asked for: as a CTE it is planned for all rows, so always by the index, and read up to the limit.
SAMPLE: Final = 2_000
COMMON = 10
MOST_NAMED = 20_000
_RARE_WORDS = """
WITH newest AS (SELECT tokens FROM complaints_textentry ORDER BY id DESC LIMIT %(sample)s),
common AS (SELECT count(*) >= %(common)s AS yes FROM newest WHERE tokens @@ %(words)s::tsquery),
found AS MATERIALIZED (
    SELECT ticket_id FROM complaints_textentry
    WHERE tokens @@ %(words)s::tsquery AND body LIKE ALL (%(runs)s::text[])
)
SELECT CASE WHEN yes THEN NULL ELSE (
    SELECT CASE WHEN count(*) <= %(most)s
        THEN coalesce(array_agg(DISTINCT ticket_id)::text, '{}') END
    FROM (SELECT ticket_id FROM found LIMIT %(most)s + 1) AS named
) END FROM common
"""


def tickets_of_rare_words(query: str, runs: Sequence[str] = ()) -> str | None:
    """Tickets of which a text has all these words, and these runs as they stand, for `Named`; None
    when they are too many to be named."""
    if not query:
        return "{}"
    values: dict[str, Any] = {
        "words": query,
        "runs": [f"%{run}%" for run in runs],
        "sample": SAMPLE,
        "common": COMMON,
        "most": MOST_NAMED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RARE_WORDS, values)
        found: str | None = cursor.fetchone()[0]
    return found


def has_words(query: str) -> _HasWords:
    """A condition on the tokens of a text."""
    return _HasWords(models.F("tokens"), query)
