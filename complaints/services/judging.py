"""What the rules and the database say of a matter that is taken in, in one statement.

The rules are looked at before by what the process remembers of them, so that the post they lead to
is asked for together with the numbers and the stamp that says whether they still hold
(docs/adr/0118).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from complaints import gravity
from complaints.enums import Protection, Severity, Template
from complaints.models import TextEntry, Ticket, TicketEvent
from complaints.querysets import GATED
from complaints.reasons import GradeReason
from complaints.services import balancing, catalogue, matters, references, routing
from complaints.services.catalogue import Catalogue, PolicyUnknown
from complaints.services.matters import Matter, NewTicket
from complaints.services.routing import Course, Facts, NoRuleMatches
from core.batch import Batch
from core.errors import DeskError
from notifications.services import notices
from residents.services import accounts
from residents.services.accounts import Spoken

RECORDED_AT: Final = "clock_timestamp()"
#: what is told to posts, and may be repeated by a robot
TOLD_TO_POSTS: Final = (Template.TICKET_ASSIGNED, Template.TICKET_OF_ACCOUNT)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of it, by the catalogue of one stamp."""

    rules: Catalogue
    account: Spoken | None
    facts: Facts
    reason: GradeReason | None
    course: Course


class Drawn(NamedTuple):
    """What only the database knows."""

    stamp: UUID | None
    number: int
    recorded_at: datetime
    robots_listen: bool
    account: Spoken | None
    looked_up: Mapping[str, int | None]


def foresee(matter: Matter) -> Judged:
    """As far as this process knows, for no account that is not known; where a rule for accounts
    could refuse it, for whom the reporter speaks: not only once a post is locked for it. Raises
    InvalidInput, NoRuleMatches or PolicyUnknown."""
    foreseen = _for_nobody_in_particular(matter)
    if foreseen.account is not None or not foreseen.rules.fails_an_account(matter.at):
        return foreseen
    account = _speaker(matter)
    return foreseen if account is None else _by(matter, catalogue.current(), account)


def _for_nobody_in_particular(matter: Matter) -> Judged:
    """By what holds now where what the process knows refuses it, and then for whom the reporter
    speaks: what the process knows may have been replaced, and rules may be for accounts alone."""
    account = _account(matter.new)
    try:
        return _by(matter, catalogue.remembered(), account)
    except DeskError:
        rules = catalogue.current()
    try:
        return _by(matter, rules, account)
    except (NoRuleMatches, PolicyUnknown):
        account = _speaker(matter)
        if account is None:
            raise
        return _by(matter, rules, account)


def judge(matter: Matter, foreseen: Judged, drawn: Drawn) -> Judged:
    """By the rules of the stamp that was read in this transaction, for whose account it is."""
    rules = catalogue.at_stamp(drawn.stamp)
    if rules is foreseen.rules and drawn.account == foreseen.account:
        return foreseen
    return _by(matter, rules, drawn.account)


def _by(matter: Matter, rules: Catalogue, account: Spoken | None) -> Judged:
    new, ticket = matter.new, matter.ticket
    category = rules.category(new.category_code)
    grade = gravity.first(
        matter.danger,
        stated=new.severity,
        usual=category.severity,
        proposed=new.safety_proposed,
        by=matter.actor.kind,
    )
    facts = Facts(
        kind=ticket.kind,
        category=category,
        severity=matters.one_of(Severity, grade.severity, "severity"),
        channel=ticket.channel,
        tier=account.tier if account else "",
        unit=ticket.unit,
        account_manager=account.manager_id if account else None,
    )
    course = routing.course(facts, rules, at=matter.at)
    return Judged(rules, account, facts, grade.reason, course)


def draw(batch: Batch, matter: Matter, role: str) -> Drawn:
    """One statement. It also asks who of this role is nearest, which no rule changes, unless the
    ticket names somebody or its account names who it is for, and for whose account the reporter
    speaks, unless that is known."""
    new, unit = matter.new, matter.ticket.unit
    also = [
        catalogue.STAMP,
        references.NEXT,
        RECORDED_AT,
        notices.asking_for_robots(*TOLD_TO_POSTS),
    ]
    of_its_manager = new.account is not None and role == routing.MANAGER_ROLE
    asked = not matter.named and not of_its_manager
    nearest, parameters = (
        balancing.asking_nearest(unit, role, at=matter.at) if asked else ("NULL", [])
    )
    speaker = "NULL"
    if not _knows_account(new):
        speaker = accounts.SPEAKER
        parameters += [new.reporter_subject, unit.path, unit.path]
    events = 3 if matter.danger else 2
    stamp, number, recorded_at, robots_listen, post_id, speaks_for = batch.reserve(
        {Ticket: 1, TicketEvent: events, TextEntry: len(matter.sayings)},
        also=[*also, nearest, speaker],
        parameters=parameters,
    )
    looked_up = {role: post_id} if asked else {}
    account = _account(new, speaks_for)
    return Drawn(stamp, number, recorded_at, robots_listen, account, looked_up)


def _knows_account(new: NewTicket) -> bool:
    """Whether it is known for which key account the reporter speaks, or that it is for none: what
    only its own people may know of is nobody's account's, whichever line it came over."""
    known = new.account is not None or new.reporter_subject is None
    return known or _is_nobodys(new)


def _speaker(matter: Matter) -> Spoken | None:
    """The account that the reporter speaks for, unless it was known; a statement."""
    new = matter.new
    if new.reporter_subject is None or _knows_account(new):
        return None
    return accounts.spoken_for(new.reporter_subject, matter.ticket.unit)


def _is_nobodys(new: NewTicket) -> bool:
    """Of a small company its account would name an anonymous reporter."""
    return new.kind in GATED or new.protection == Protection.ANONYMOUS


def _account(new: NewTicket, speaks_for: list[str] | None = None) -> Spoken | None:
    if new.account is not None and not _is_nobodys(new):
        return Spoken(new.account.pk, new.account.tier, new.account.manager_id)
    return accounts.spoken(speaks_for)
