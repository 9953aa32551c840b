"""What scenes are played with: people, places and moments, and one ticket on its way.

Everything is done through the product's own services at a moment of the past, and before each act
the sweep does what had fallen due by then. So everything holds that holds in a live desk.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any, Self
from uuid import UUID

from complaints.enums import Channel, Kind
from complaints.models import Ticket
from complaints.services import (
    call_backs,
    escalation,
    intake,
    lifecycle,
    photos,
    timeline,
)
from complaints.services.intake import NewTicket
from core.actors import SYSTEM, Actor
from demo.services import pictures
from demo.services.people import Resident
from organisation.models import Dwelling, Post, Unit
from organisation.services import posts

#: residents who have a part of their own: the one who signs in, and who speak for key accounts
OWN_PARTS = 14
#: where somebody reports when a scene does not say: the communities of one region in turn
IN_TURN = (6, 1, 0, 7)
#: neighbours do not all report in the same week: the next one lives some doors away
STRIDE = 37


@dataclass
class Stage:
    """`communities[0]` is where the demo's accounts work."""

    communities: Sequence[Unit]
    residents: Sequence[Resident]
    at: datetime
    _extras: dict[int, Iterator[Resident]] = field(default_factory=dict)
    _turn: Iterator[int] = field(default_factory=lambda: cycle(IN_TURN))

    @property
    def here(self) -> Unit:
        return self.communities[0]

    def ago(self, **span: float) -> datetime:
        return self.at - timedelta(**span)

    def post(self, role: str, unit: Unit | None = None) -> Post:
        found = posts.nearest(unit or self.here, role, at=self.at)
        if found is None:
            raise LookupError(role)
        return found

    def staff(self, role: str, unit: Unit | None = None) -> Actor:
        return acting_for(self.post(role, unit))

    def somebody(self, unit: Unit | None = None) -> Resident:
        """The next resident of the community who has no part of their own."""
        unit = unit or self.communities[next(self._turn)]
        if unit.pk not in self._extras:
            free = [one for one in self.residents[OWN_PARTS:] if one.home.unit_id == unit.pk]
            apart = sorted(range(len(free)), key=lambda place: place * STRIDE % len(free))
            self._extras[unit.pk] = cycle([free[place] for place in apart])
        return next(self._extras[unit.pk])

    def neighbours(self, count: int) -> list[Resident]:
        """Residents of one building, each of another home."""
        free = [one for one in self.residents[OWN_PARTS:] if one.home.unit_id == self.here.pk]
        building = free[0].home.building_id
        homes = {one.home.dwelling_id: one for one in free if one.home.building_id == building}
        return list(homes.values())[:count]

    def report(
        self,
        body: str,
        category: str,
        *,
        at: datetime,
        by: Resident | None = None,
        kind: Kind = Kind.COMPLAINT,
        channel: Channel = Channel.HOTLINE,
        **more: Any,
    ) -> Matter:
        """A resident reports, over the hotline or by themselves."""
        who = by or self.somebody()
        by_phone = channel is Channel.HOTLINE
        actor = self.staff("hotline_agent") if by_phone else Actor.reporter(who.subject_id)
        home = Dwelling.objects.select_related("building__unit").get(pk=who.home.dwelling_id)
        told = NewTicket(
            kind=kind,
            category_code=category,
            channel=channel,
            body=body,
            dwelling=home,
            reporter_subject=who.subject_id,
            **more,
        )
        return Matter(self, intake.submit(told, actor=actor, at=at), at, who)


@dataclass
class Matter:
    """One ticket and how far its story has come."""

    stage: Stage
    ticket: Ticket
    at: datetime
    by: Resident | None = None

    def later(self, **span: float) -> Self:
        """Time passes, and what falls due in it happens."""
        self.at += timedelta(**span)
        if self.at > self.stage.at:
            raise ValueError("a scene ends before now")
        escalation.sweep(self.at)
        self.ticket = Ticket.objects.select_related("post", "unit").get(pk=self.ticket.pk)
        return self

    @property
    def handler(self) -> Actor:
        if self.ticket.post is None:
            raise LookupError(self.ticket.reference)
        return acting_for(self.ticket.post)

    @property
    def reporter(self) -> Actor:
        return Actor.reporter(self.by.subject_id) if self.by else SYSTEM

    def staff(self, role: str) -> Actor:
        """Who answers for that where the ticket belongs."""
        return self.stage.staff(role, self.ticket.unit)

    def accept(self) -> Self:
        lifecycle.accept(self.ticket, actor=self.handler, at=self.at)
        self.ticket = lifecycle.start(self.ticket, actor=self.handler, at=self.at)
        return self

    def reply(self, text: str) -> Self:
        self.ticket = timeline.reply(self.ticket, actor=self.handler, text=text, at=self.at)
        return self

    def note(self, text: str, actor: Actor | None = None) -> Self:
        who = actor or self.handler
        self.ticket = timeline.note(self.ticket, actor=who, text=text, at=self.at)
        return self

    def urge(self, text: str = "") -> Self:
        self.ticket = timeline.urge(self.ticket, actor=self.reporter, text=text, at=self.at)
        return self

    def resolve(self, reply: str, *, shown: bool = False) -> Self:
        who = self.handler
        draft = self.photo(who) if shown else None
        self.ticket = lifecycle.resolve(
            self.ticket, actor=who, reply=reply, at=self.at, draft_id=draft
        )
        return self

    def called(self, result: str, note: str = "", *, role: str = "hotline_agent") -> Self:
        caller = self.staff(role)
        self.ticket = call_backs.record(
            self.ticket, actor=caller, result=result, note=note, at=self.at
        )
        return self

    def photo(self, actor: Actor) -> UUID:
        """A draft with a picture of the work in it."""
        draft = photos.open_draft(actor=actor, at=self.at)
        picture = io.BytesIO(pictures.jpeg(self.ticket.category.code))
        photos.upload(draft.public_id, picture, actor=actor, at=self.at)
        return draft.public_id


def acting_for(post: Post) -> Actor:
    if post.holder_id is None:
        raise LookupError(str(post))
    return Actor.staff(post.holder_id)
