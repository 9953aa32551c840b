"""A round from its plan to the drawn sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from core.actors import Actor
from organisation import access
from quality import draw as drawing
from quality import frame_sql, seed
from quality.enums import Allocation, RoundState
from quality.errors import (
    CutOffInThePast,
    CutOffNotReached,
    FrameIsEmpty,
    FrameWasAltered,
    RoundNotAtThisStep,
)
from quality.frame_hash import Member, frame_hash
from quality.models import Checklist, FrameMember, Round, SampleCase, Stratum
from quality.plan import Drawn, sizes

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody decides about a round before anybody can know its answers."""

    name: str
    starts_at: datetime
    ends_at: datetime
    cut_off_at: datetime
    checklist: Checklist
    confidence_permille: int = 950
    margin_permille: int = 50
    share_permille: int = 500
    allocation: Allocation = Allocation.PROPORTIONAL


def plan(plan: Plan, *, actor: Actor, at: datetime) -> Round:
    """Commit to a seed and a plan. Raises NotAllowed, or CutOffInThePast."""
    access.require(actor, "quality.plan")
    if plan.cut_off_at <= at:
        raise CutOffInThePast
    chosen = seed.new_seed()
    return Round.objects.create(
        name=plan.name,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        cut_off_at=plan.cut_off_at,
        checklist=plan.checklist,
        confidence_permille=plan.confidence_permille,
        margin_permille=plan.margin_permille,
        share_permille=plan.share_permille,
        allocation=plan.allocation,
        seed_sha256=drawing.commit(chosen),
        seed_sealed=seed.seal(chosen),
        committed_at=at,
        planned_by_id=actor.staff_id,
    )


@transaction.atomic
def freeze(round: Round, *, actor: Actor, at: datetime) -> Round:
    """Store the population of the period with its hash; it is never computed again.

    Raises NotAllowed, RoundNotAtThisStep, CutOffNotReached or FrameIsEmpty.
    """
    access.require(actor, "quality.plan")
    round = _at_step(round, RoundState.PLANNED)
    if at < round.cut_off_at:
        raise CutOffNotReached
    round.frozen_at = at
    if not _store_members(round):
        raise FrameIsEmpty
    round.unanswered = _unanswered(round)
    round.frame_sha256 = stored_hash(round)
    round.state = RoundState.FROZEN
    round.save(update_fields=["frozen_at", "unanswered", "frame_sha256", "state"])
    return round


@transaction.atomic
def draw(round: Round, *, actor: Actor, at: datetime) -> Round:
    """Draw the sample from the frozen frame and publish the seed.

    Anybody can repeat it to the row from frame, seed and plan (docs/quality.md). Raises NotAllowed,
    RoundNotAtThisStep or FrameWasAltered.
    """
    access.require(actor, "quality.plan")
    round = _at_step(round, RoundState.FROZEN)
    if stored_hash(round) != round.frame_sha256:
        raise FrameWasAltered
    round.seed = seed.unseal(bytes(round.seed_sealed))
    for stratum in sizes(round, list(round.strata.order_by("code"))):
        _draw_from(round, stratum)
    round.drawn_at, round.state = at, RoundState.DRAWN
    round.save(update_fields=["seed", "drawn_at", "state"])
    return round


def stored_hash(round: Round) -> str:
    """The hash over the stored members, as hexadecimal digits."""
    return frame_hash(_members(round))


def rederived(round: Round) -> set[UUID]:
    """Who belongs to the frame, derived again from the events: must be the stored members."""
    with connection.cursor() as cursor:
        cursor.execute(frame_sql.REDERIVE, _parameters(round))
        return {row[0] for row in cursor.fetchall()}


def _at_step(round: Round, state: RoundState) -> Round:
    locked = Round.objects.select_for_update().get(pk=round.pk)
    if locked.state != state:
        raise RoundNotAtThisStep
    return locked


def _store_members(round: Round) -> int:
    with connection.cursor() as cursor:
        cursor.execute(frame_sql.FREEZE, _parameters(round))
        stored: int = cursor.rowcount
    return stored


def _unanswered(round: Round) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(frame_sql.UNANSWERED, _parameters(round))
        return dict(cursor.fetchall())


def _parameters(round: Round) -> dict[str, Any]:
    return {
        **frame_sql.constants(),
        "round": round.pk,
        "starts_at": round.starts_at,
        "ends_at": round.ends_at,
        "cut_off_at": round.cut_off_at,
        "frozen_at": round.frozen_at,
    }


def _members(round: Round) -> Iterator[Member]:
    rows = (
        round.members.order_by("ticket_public_id")
        .values_list(
            "ticket_public_id",
            "stratum__code",
            "unit_code",
            "received_at",
            "answered_at",
            "resolved_at",
            "first_response_kept",
            "resolve_kept",
        )
        .iterator(chunk_size=BATCH)
    )
    return (Member(*row) for row in rows)


def _draw_from(round: Round, drawn: Drawn) -> None:
    stratum = Stratum.objects.get(pk=drawn.stratum.pk)
    members = dict(
        FrameMember.objects.filter(stratum=stratum).values_list("ticket_public_id", "pk")
    )
    chosen = drawing.draw(members, drawn.size, seed=round.seed, frame_hash=round.frame_sha256)
    first = SampleCase.objects.filter(round=round).count()
    SampleCase.objects.bulk_create(
        [
            SampleCase(
                round=round,
                member_id=members[public_id],
                ordinal=first + place,
                weight=drawn.weight,
            )
            for place, public_id in enumerate(chosen, start=1)
        ],
        batch_size=BATCH,
    )
    stratum.drawn = len(chosen)
    stratum.save(update_fields=["drawn"])
