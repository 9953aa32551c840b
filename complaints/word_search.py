"""Words among texts: the condition on a text's tokens, and how common words are."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup
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


# Words are common when the newest texts have them. Only then is the list of their tickets not
# asked for: as a CTE it is planned for all rows, so always by the index, and read up to the limit.
SAMPLE: Final = 2_000
COMMON = 10
MOST_NAMED = 20_000
_RARE_WORDS = """
WITH newest AS (SELECT tokens FROM complaints_textentry ORDER BY id DESC LIMIT %(sample)s),
common AS (SELECT count(*) >= %(common)s AS yes FROM newest WHERE tokens @@ %(words)s::tsquery),
found AS MATERIALIZED (
    SELECT ticket_id FROM complaints_textentry WHERE tokens @@ %(words)s::tsquery
)
(SELECT ticket_id FROM found WHERE NOT (SELECT yes FROM common) LIMIT %(most)s + 1)
UNION ALL
SELECT NULL FROM common WHERE yes
"""


def tickets_of_rare_words(query: str) -> list[int] | None:
    """Tickets with all these words; None when they are too many to be named."""
    if not query:
        return []
    values: dict[str, Any] = {
        "words": query,
        "sample": SAMPLE,
        "common": COMMON,
        "most": MOST_NAMED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RARE_WORDS, values)
        found = [row[0] for row in cursor.fetchall()]
    return None if None in found or len(found) > MOST_NAMED else found


def has_words(query: str) -> _HasWords:
    """A condition on the tokens of a text."""
    return _HasWords(models.F("tokens"), query)
