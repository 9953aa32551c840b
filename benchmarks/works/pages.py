"""Pages: how heavy what a browser loads is, and how long one takes beside its bare statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import cast
from uuid import UUID

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from benchmarks import apart, blocks, outcome, weight
from benchmarks.outcome import Check, Outcome
from benchmarks.rounds import in_turn
from benchmarks.statements import Statement, noted
from benchmarks.weight import Weight
from benchmarks.works.context import Context, staff_client, staff_headers
from complaints.enums import Kind
from complaints.models import Ticket, TicketReporter
from organisation.models import Post, Staff
from portal.door import COOKIE

KB = 1024
ASKED = 5
#: requests before blocks are counted: by then PostgreSQL has chosen whether to keep each plan
SETTLED = 12
WORKBENCH = "/console/workbench/"
TICKET = "/console/tickets/{}/"
OF_AGENT = ("workbench/", "workbench/new/", "callbacks/", "groups/")
OF_MANAGER = ("work/", "notices/", "corrective/")
OF_QUALITY = ("rounds/", "rounds/plan/")
OF_EXECUTIVE = ("escalated/", "accounts/")
OF_RESIDENT = ("", "tickets/", "report/complaint/", "privacy/", "my/", "policy/")


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    address: str
    headers: dict[str, str]


def measure(context: Context) -> Outcome:
    weighed = {
        page.name: weight.of_page(context.webs.ours, page.address, page.headers)
        for page in _pages(context)
    }
    agent = staff_client(context.world.sessions["hotline_agent"])
    ours, least = in_turn(_sides(agent, WORKBENCH), context.size, unit="pages/s", asked=ASKED)
    grown = _grown(context)
    return Outcome(
        "pages",
        (ours, least),
        (
            *(
                Check(f"{name}, HTML", 60, (each.html / KB,), at_least=False, unit=" KB")
                for name, each in weighed.items()
            ),
            Check(
                "scripts and styles of the heaviest, compressed", 100,
                (max(each.assets for each in weighed.values()) / KB,),
                at_least=False, timed=False, unit=" KB",
            ),
            outcome.times_slower("workbench, times its bare statements", ours, least, 4),
            *(check for check, _ in grown),
        ),
        (_compressed(weighed), *(said for _, said in grown)),
    )  # fmt: skip


def _grown(context: Context) -> list[tuple[Check, str]]:
    """Of each page, how many times the blocks it looks at among few tickets, and how many those
    are. Each size in a process of its own, since each has databases of its own."""
    size, world = context.size, context.world
    many = apart.run(looked_at, "hotline_agent", environ=world.ours)
    few = apart.run(looked_at, "hotline_agent", environ=world.small)
    against = f"{size.tickets:,} tickets against {size.few_tickets:,}"
    return [
        (
            Check(f"blocks of a {page}, {against}", 1.3, (many[page] / few[page],), at_least=False),
            f"A {page}: {many[page]:,} blocks among {size.tickets:,}, {few[page]:,} among few.",
        )
        for page in ("workbench", "ticket page")
    ]


def looked_at(role: str) -> dict[str, int]:
    """The median of blocks that somebody of this role has looked at for a page."""
    client = Client()
    holder = Post.objects.filter(role__code=role).select_related("holder").order_by("pk")[0].holder
    client.force_login(cast("Staff", holder), backend="organisation.auth.PostBackend")
    newest = Ticket.objects.filter(kind=Kind.COMPLAINT).order_by("-received_at", "-pk")
    ids = [str(each) for each in newest.values_list("public_id", flat=True)[: 2 * SETTLED]]
    return {
        "workbench": _median_blocks(client, [WORKBENCH] * len(ids)),
        "ticket page": _median_blocks(client, [TICKET.format(each) for each in ids]),
    }


def _median_blocks(client: Client, addresses: Sequence[str]) -> int:
    counts: list[int] = []
    for address in addresses:
        with blocks.counted() as seen:
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(answer.content.decode())
        counts.append(seen.total())
    return int(median(counts[SETTLED:]))


def _pages(context: Context) -> Iterator[Page]:
    sessions = context.world.sessions
    asked = {
        "hotline_agent": OF_AGENT,
        "project_manager": OF_MANAGER,
        "quality_manager": OF_QUALITY,
        "group_executive": OF_EXECUTIVE,
    }
    for role, addresses in asked.items():
        for address in addresses:
            yield Page(f"console {address}", f"/console/{address}", staff_headers(sessions[role]))
    newest = Ticket.objects.filter(kind=Kind.COMPLAINT).latest("received_at", "pk").public_id
    agent = staff_headers(sessions["hotline_agent"])
    yield Page("console ticket", f"/console/tickets/{newest}/", agent)
    yield from _of_a_resident(context)


def _of_a_resident(context: Context) -> Iterator[Page]:
    """Of one who has a ticket."""
    token_of: dict[UUID | None, str] = {
        caller.subject_id: caller.token for caller in context.world.callers
    }
    reported = TicketReporter.objects.filter(subject__in=token_of).select_related("ticket")
    row = reported.latest("ticket__received_at", "pk")
    headers = {"Cookie": f"{COOKIE}={token_of[row.subject_id]}"}
    for address in OF_RESIDENT:
        yield Page(f"portal {address or 'home'}", f"/{address}", headers)
    yield Page("portal ticket", f"/tickets/{row.ticket.public_id}/", headers)


def _sides(client: Client, address: str) -> dict[str, Callable[[], object]]:
    """The page through all of the desk, and a view that asks the same and answers the same."""
    for _ in range(2):
        with noted() as statements:
            answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(answer.content.decode())
    content, factory = answer.content, RequestFactory()

    def bare(request: HttpRequest) -> HttpResponse:
        for each in statements:
            _ask(each)
        return HttpResponse(content)

    return {
        f"ours: {address}": lambda: client.get(address).content and 1,
        "floor: a view, same statements": lambda: bare(factory.get(address)).content and 1,
    }


def _ask(statement: Statement) -> None:
    with connections[statement.database].cursor() as cursor:
        cursor.execute(statement.sql, statement.parameters)
        if cursor.description:
            cursor.fetchall()


def _compressed(weighed: dict[str, Weight]) -> str:
    heaviest = max(weighed, key=lambda name: weighed[name].html)
    found = weighed[heaviest]
    return (
        f"The heaviest HTML is {heaviest}: {found.html / KB:.0f} KB as it is, "
        f"{found.html_compressed / KB:.1f} KB compressed."
    )
