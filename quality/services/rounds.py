"""A round from its plan to the drawn sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Avg, Case, FloatField, When

from core.actors import Actor
from core.errors import NotAllowed
from organisation import access
from quality import draw as drawing
from quality import draw_sql, frame_sql, seed, sizing
from quality.enums import Allocation, RoundState
from quality.errors import (
    CutOffInThePast,
    CutOffNotReached,
    FrameIsEmpty,
    FrameWasAltered,
    RoundNotAtThisStep,
)
from quality.frame_hash import hash_of_lines
from quality.models import Checklist, Round, SampleCase, Stratum

BATCH = 5_000
_MILLIONTH = Decimal("0.000001")


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
    if actor.staff_id is None:
        raise NotAllowed  # a round is planned by somebody who answers for it
    if plan.cut_off_at <= at:
        raise CutOffInThePast
    chosen = drawing.new_seed()
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
    _store_cases(round)
    round.drawn_at, round.state = at, RoundState.DRAWN
    round.save(update_fields=["seed", "drawn_at", "state"])
    return round


def stored_hash(round: Round) -> str:
    """The hash over the stored members, as hexadecimal digits."""
    return hash_of_lines(
        _lines(round),
        starts_at=round.starts_at,
        ends_at=round.ends_at,
        cut_off_at=round.cut_off_at,
    )


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


def _lines(round: Round) -> Iterator[str]:
    """The stored members in the canonical form of the hash, `BATCH` to a text. PostgreSQL writes
    their moments: rows made into objects and back take three times the processor."""
    strata = {pk: json.dumps(code) for pk, code in round.strata.values_list("pk", "code")}
    word = cache(json.dumps)
    with connection.chunked_cursor() as cursor:
        cursor.execute(frame_sql.MEMBERS, {"round": round.pk})
        while rows := cursor.fetchmany(BATCH):
            yield "".join(
                f'["{public_id}",{strata[stratum]},{word(unit)},{times}]\n'
                for public_id, stratum, unit, times in rows
            )


def _store_cases(round: Round) -> None:
    strata = list(round.strata.all())
    plan = sizing.cases_per_stratum(round, strata, earlier_shares(round))
    for stratum in strata:
        stratum.drawn = plan[stratum.code]
    drawn = [stratum for stratum in strata if stratum.drawn]
    with connection.cursor() as cursor:
        cursor.execute(
            draw_sql.DRAW,
            {
                "round": round.pk,
                "prefix": drawing.prefix(frame_hash=round.frame_sha256, seed=round.seed),
                "strata": [stratum.pk for stratum in drawn],
                "wanted": [stratum.drawn for stratum in drawn],
                "weights": [_weight(stratum) for stratum in drawn],
            },
        )
        if cursor.rowcount != sum(plan.values()):
            raise drawing.PlanExceedsStratum(f"{cursor.rowcount} drawn of {sum(plan.values())}")
    Stratum.objects.bulk_update(strata, ["drawn"])


def _weight(stratum: Stratum) -> Decimal:
    """How many members each drawn one stands for."""
    return (Decimal(stratum.size) / stratum.drawn).quantize(_MILLIONTH, ROUND_HALF_UP)


def earlier_shares(round: Round) -> dict[str, float]:
    """Share answered well per stratum in the last reported round, for Neyman's division."""
    rows = (
        SampleCase.objects.filter(
            round=Round.objects.filter(reported_at__lt=round.committed_at)
            .order_by("-reported_at")
            .values("pk")[:1],
            answered_well__isnull=False,
        )
        .values("member__stratum__code")
        .annotate(
            share=Avg(
                Case(When(answered_well=True, then=1.0), default=0.0, output_field=FloatField())
            )
        )
        .values_list("member__stratum__code", "share")
    )
    return dict(rows)
