"""What would become of a ticket: which rule would match and why earlier ones would not, who would
get it, by when. For a ticket that is described, or for one that exists, as if it came in now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from complaints.clock_math import Duration
from complaints.enums import ClockState
from complaints.models import Ticket
from complaints.services import catalogue, clocks, routing
from complaints.services.catalogue import Catalogue
from complaints.services.routing import Facts, Miss, Route
from organisation.models import Post, Staff
from organisation.services import posts


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock as it would start; `due_at` of an acknowledgement that intake gives is its own
    moment."""

    kind: str
    duration: Duration
    due_at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    facts: Facts
    misses: Sequence[Miss]
    route: Route
    post: Post
    holder: Staff | None
    promises: Sequence[Promise]

    @property
    def by_stand_in(self) -> bool:
        return self.holder is not None and self.holder.pk == self.post.stand_in_id


def run(facts: Facts, *, at: datetime, named_staff: Collection[int] = ()) -> DryRun:
    """Raises NoRuleMatches. Writes nothing."""
    known = catalogue.current()
    route = routing.route(facts, known, at=at, named_staff=named_staff)
    post = Post.objects.with_people().get(pk=route.post_id)
    return DryRun(
        facts=facts,
        misses=routing.misses(known.rules, facts),
        route=route,
        post=post,
        holder=posts.current_holder(post, at=at),
        promises=_promises(facts, route, at),
    )


def of_ticket(ticket: Ticket, *, at: datetime) -> DryRun:
    """`ticket` is read `for_acting`."""
    return run(facts_of(ticket, catalogue.current()), at=at, named_staff=ticket.named_ids)


def facts_of(ticket: Ticket, known: Catalogue) -> Facts:
    return Facts(
        kind=ticket.kind,
        category=known.categories[ticket.category.code],
        severity=ticket.severity,
        channel=ticket.channel,
        tier=ticket.account.tier if ticket.account else "",
        unit=ticket.unit,
        account_manager=ticket.account.manager_id if ticket.account else None,
    )


def _promises(facts: Facts, route: Route, at: datetime) -> list[Promise]:
    likeness = Ticket(unit=facts.unit, policy=route.terms.policy, post_id=route.post_id)
    started = clocks.start(likeness, route.terms, at=at)
    return [
        Promise(
            clock.kind, route.terms.durations[clock.kind], clock.due_at or at, clock.provisional
        )
        for clock in started
        if clock.state in (*clocks.LIVE, ClockState.KEPT)
    ]
