"""The first page and a deep page of a queue, at two sizes, for the group and for one community."""

from __future__ import annotations

import json
from urllib.parse import quote

from benchmarks import outcome
from benchmarks.driver import Side
from benchmarks.http import Connection, get
from benchmarks.outcome import Outcome
from benchmarks.rounds import interleaved
from benchmarks.statements import Statement, noted, plans_of
from benchmarks.webserver import Web
from benchmarks.works.context import Context, floor_headers, staff_client, staff_headers
from complaints.models import Ticket
from complaints.newest import ORDER
from core import paging

URL = "/api/v1/tickets/"
PAGE = 50


def measure(context: Context) -> Outcome:
    group, community = (context.world.sessions[role] for role in ("hotline_agent", "steward"))
    deep = f"{URL}?cursor={quote(cursor_of(context.size.deep_page))}"
    ours, small = context.webs.ours, context.webs.small
    found = interleaved(
        [
            _side("floor: DRF list of 50", context.webs.floor, "/tickets/", floor_headers()),
            _side("ours: page 1", ours, URL, staff_headers(group)),
            _side("ours: page 1, few tickets", small, URL, staff_headers(group)),
            _side(f"ours: page {context.size.deep_page:,}", ours, deep, staff_headers(group)),
            _side("ours: page 1 of a community", ours, URL, staff_headers(community)),
            _side("ours: the same, few tickets", small, URL, staff_headers(community)),
        ],
        context.size,
    )
    floor, first, few, thousandth, of_community, of_community_few = found
    statements = asked(group, URL)
    return Outcome(
        f"first page of a queue of {PAGE}",
        (first, few, thousandth, of_community, of_community_few, floor),
        (
            outcome.of_floor("page 1, of the floor", first, floor, 0.5),
            outcome.times_slower(_growth(context, "page 1"), first, few, 1.3),
            outcome.times_slower("deep page, times page 1", thousandth, first, 1.2),
            outcome.times_slower(
                _growth(context, "page 1 of a community"), of_community, of_community_few, 1.3
            ),
            outcome.statements("page 1, statements", len(statements), 4),
            outcome.statements("page 1 of a community, statements", len(asked(community, URL)), 4),
        ),
        (
            "The goal for growth is 1,000,000 tickets against 10,000; here it is what was seeded.",
            (
                f"Page 1 of a community holds {_content(ours, community)}; with few tickets, "
                f"whose newest are older, {_content(small, community)}."
            ),
        ),
        plans_of(statements),
    )


def asked(session: str, address: str) -> list[Statement]:
    client = staff_client(session)
    for _ in range(2):
        with noted() as seen:
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(answer.content.decode())
    return seen


def _content(web: Web, session: str) -> str:
    """What an answer has to say: pages of two sizes are not of the same length."""
    link = Connection(web.port)
    try:
        _status, body = link.ask(get(URL, staff_headers(session)))
    finally:
        link.close()
    rows = json.loads(body)["results"]
    clocks = sum(len(row["clocks"]) for row in rows)
    return f"{len(rows)} tickets and {clocks} clocks in {len(body):,} bytes"


def cursor_of(page: int) -> str:
    """The cursor that a reader who turned all pages before holds in hand."""
    cursor: str | None = None
    for _ in range(page - 1):
        rows = Ticket.objects.only("received_at")
        cursor = paging.page(rows, order=ORDER, size=PAGE, cursor=cursor).next_cursor
        if cursor is None:
            raise RuntimeError(f"There is no page {page}.")
    return cursor or ""


def _side(name: str, web: Web, address: str, headers: dict[str, str]) -> Side:
    request = get(address, headers)
    return Side(name, web, lambda number: request)


def _growth(context: Context, what: str) -> str:
    return f"{what}, {context.size.tickets:,} against {context.size.few_tickets:,}"
