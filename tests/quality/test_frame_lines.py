"""What PostgreSQL writes for the hash and draws for the sample is what the published form says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest

from quality import draw as drawing
from quality.models import FrameMember, SampleCase
from quality.services import checking, rounds
from tests.quality.conftest import FROZEN, Q1, answered, drawn_round, plan_round

pytestmark = pytest.mark.django_db

MOMENTS = (
    Q1,
    Q1 + dt.timedelta(microseconds=1),
    Q1 + dt.timedelta(microseconds=120_000),
    dt.datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=dt.timezone(dt.timedelta(hours=8))),
)
WORDS = ("A1", "华东/投诉", 'say "so"', "back\\slash", "line\nfeed", "\x7f", "é🏢", "100%")


def frozen_with(round, *, words=WORDS):
    """Members whose every column takes every kind of value."""
    strata = [
        round.strata.create(
            code=f"{word}/complaint/ordinary", region_code="A", region_name="A", size=1
        )
        for word in words
    ]
    columns = product(MOMENTS, (None, *MOMENTS), (None, True, False))
    FrameMember.objects.bulk_create(
        FrameMember(
            round=round,
            ticket_public_id=UUID(int=number * 2**117 + number),
            stratum=strata[number % len(strata)],
            unit_code=words[number * 3 % len(words)],
            received_at=received,
            answered_at=answered_at,
            resolved_at=MOMENTS[number % 4] if number % 5 else None,
            first_response_kept=kept,
            resolve_kept=(None, True, False)[number % 3],
        )
        for number, (received, answered_at, kept) in enumerate(columns)
    )


def test_the_hash_of_a_freeze_is_that_of_the_published_form(quarter):
    planned = plan_round(quarter)
    frozen_with(planned)
    planned.frozen_at, planned.frame_sha256 = FROZEN, rounds.stored_hash(planned)
    assert checking.check(planned).frame_is_unaltered is True


def test_a_frame_larger_than_a_batch_has_one_hash(quarter, monkeypatch):
    planned = plan_round(quarter)
    frozen_with(planned)
    whole = rounds.stored_hash(planned)
    monkeypatch.setattr(rounds, "BATCH", 7)
    assert rounds.stored_hash(planned) == whole


def test_the_sample_is_the_one_that_anybody_draws(quarter):
    answered(quarter.a, 70)
    answered(quarter.a, 5, severity="safety")
    answered(quarter.b, 40, kind="praise")
    drawn = drawn_round(quarter, margin_permille=200)
    members = {
        stratum.code: list(stratum.members.values_list("ticket_public_id", flat=True))
        for stratum in drawn.strata.all()
    }
    plan = dict(drawn.strata.values_list("code", "drawn"))
    again = drawing.draw(members, plan, frame_hash=drawn.frame_sha256, seed=drawn.seed)
    cases = drawn.cases.order_by("ordinal")
    assert list(
        cases.values_list("ordinal", "member__stratum__code", "member__ticket_public_id")
    ) == [tuple(case) for case in again]


def test_a_case_stands_for_its_share_of_the_stratum(quarter):
    answered(quarter.a, 70)
    drawn = drawn_round(quarter, margin_permille=200)
    (stratum,) = drawn.strata.all()
    weights = set(SampleCase.objects.values_list("weight", flat=True))
    assert weights == {round(Decimal(70) / stratum.drawn, 6)}
    assert 1 < stratum.drawn < 70


def test_a_stratum_that_lost_members_is_not_drawn_from(quarter):
    answered(quarter.a, 5)
    frozen = rounds.freeze(plan_round(quarter), actor=quarter.manager, at=FROZEN)
    frozen.strata.update(size=9)
    with pytest.raises(drawing.PlanExceedsStratum):
        rounds.draw(frozen, actor=quarter.manager, at=FROZEN)
