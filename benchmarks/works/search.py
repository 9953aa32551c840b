"""Tickets by two Chinese characters of their words, newest first."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from django.db import connection

from benchmarks import outcome
from benchmarks.driver import Side
from benchmarks.http import get
from benchmarks.outcome import Check, Outcome
from benchmarks.rounds import in_turn, interleaved
from benchmarks.statements import Statement, noted, plans_of
from benchmarks.works.context import Context, staff_client, staff_headers
from core import bigrams

URL = "/api/v1/tickets/?q={}"
#: what few of the seeded tickets are about, and what many are
RARE, COMMON = "被困", "水管"
ASKED = 20

#: the least that a search has to ask: fifty tickets, newest first, that have the words
_FLOOR = """
SELECT ticket.id, ticket.public_id, ticket.reference, ticket.state, ticket.received_at
FROM complaints_ticket ticket
WHERE ticket.id IN (SELECT ticket_id FROM complaints_textentry WHERE tokens @@ %s::tsquery)
ORDER BY ticket.received_at DESC, ticket.id DESC LIMIT 51
"""


def measure(context: Context) -> Outcome:
    session, size = context.world.sessions["hotline_agent"], context.size
    staff, web = staff_headers(session), context.webs.ours

    def side(word: str) -> Side:
        request = get(URL.format(quote(word)), staff)
        return Side(f"ours: {word}", web, lambda number: request)

    rare, common = interleaved([side(RARE), side(COMMON)], size)
    figures, checks = [rare, common], []
    plans: dict[str, list[str]] = {}
    for word in (RARE, COMMON):
        statements = asked(session, word)
        least, found = in_turn(
            {
                f"floor: bare index query, {word}": partial(_bare, word),
                f"ours: what a search asks, {word}": partial(_again, statements),
            },
            size,
            unit="searches/s",
            asked=ASKED,
        )
        figures += [found, least]
        checks += [
            outcome.times_slower(
                f"what a search for {word} asks, times the floor", found, least, 3
            ),
            outcome.statements(f"search for {word}, statements", len(statements), 5),
        ]
        plans |= plans_of(statements)
    for word, figure in ((RARE, rare), (COMMON, common)):
        checks.append(
            Check(f"search for {word}, p95", 30, (figure.p95_ms or 0,), at_least=False, unit=" ms")
        )
    return Outcome("search by two characters", tuple(figures), tuple(checks), plans=plans)


def asked(session: str, word: str) -> list[Statement]:
    client = staff_client(session)
    for _ in range(2):
        with noted() as seen:
            answer = client.get(URL.format(quote(word)))
        if answer.status_code != 200:
            raise RuntimeError(answer.content.decode())
    return seen


def _bare(word: str) -> None:
    _run(_FLOOR, [bigrams.query(word)])


def _again(asks: list[Statement]) -> None:
    """Everything that the request asked of the main database, rights and clocks too."""
    for each in asks:
        if each.database == "default":
            _run(each.sql, each.parameters)


def _run(sql: str, parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        cursor.fetchall()
