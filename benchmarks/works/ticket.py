"""One ticket: the page of the console with its timeline, and the same by API."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks import outcome
from benchmarks.driver import Side
from benchmarks.http import get
from benchmarks.outcome import Outcome
from benchmarks.rounds import interleaved
from benchmarks.statements import Statement, noted, plans_of
from benchmarks.works.context import Context, floor_headers, staff_client, staff_headers
from complaints.models import Ticket

API, PAGE = "/api/v1/tickets/{}/", "/console/tickets/{}/"
OPENED = 500


def measure(context: Context) -> Outcome:
    session, size = context.world.sessions["hotline_agent"], context.size
    ids = _public_ids()

    def asking(address: str, headers: dict[str, str]) -> Callable[[int], bytes]:
        requests = [get(address.format(each), headers) for each in ids]
        return lambda number: requests[number % len(requests)]

    staff, ours = staff_headers(session), context.webs.ours
    sides = [
        Side("floor: DRF, one row", context.webs.floor, asking("/tickets/{}/", floor_headers())),
        Side("floor: bare Django page", context.webs.floor, asking("/pages/{}/", floor_headers())),
        Side("ours: ticket by API", ours, asking(API, staff)),
        Side("ours: timeline by API", ours, asking(f"{API}timeline/", staff)),
        Side("ours: page of the console", ours, asking(PAGE, staff)),
    ]
    least, bare, ticket, timeline, page = interleaved(sides, size)
    by_api = asked(session, API, ids)
    return Outcome(
        "a ticket with its timeline",
        (ticket, timeline, page, least, bare),
        (
            outcome.of_floor("ticket by API, of the floor", ticket, least, 0.5),
            outcome.of_floor("page of the console, of the bare Django page", page, bare, 0.25),
            outcome.statements("ticket by API, statements", len(by_api), 5),
            outcome.statements(
                "timeline by API, statements", len(asked(session, f"{API}timeline/", ids)), 6
            ),
        ),
        (
            (
                f"The page asks {len(asked(session, PAGE, ids))} statements of both databases; "
                "the goal was 5 (docs/performance.md says what for)."
            ),
        ),
        plans_of(by_api),
    )


def asked(session: str, address: str, ids: Sequence[str]) -> list[Statement]:
    client = staff_client(session)
    for _ in range(2):
        with noted() as seen:
            answer = client.get(address.format(ids[0]))
        if answer.status_code != 200:
            raise RuntimeError(answer.content.decode())
    return seen


def _public_ids() -> list[str]:
    """Of seeded tickets that stand in the floor too, from all over the year."""
    rows = Ticket.objects.filter(recorded_at__isnull=False).order_by("id")
    every = max(1, rows.count() // OPENED)
    return [str(each) for each in rows.values_list("public_id", flat=True)[::every]][:OPENED]
