"""Sampling inspections: last quarter's, reported, and one that is under way."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from complaints.periods import Period
from core.clock import database_now
from demo.services.stage import Stage, acting_for
from organisation.models import Post
from organisation.services.posts import local_date
from quality.enums import Answer, NonResponse
from quality.models import Checklist, Round, SampleCase
from quality.services import inspection, rounds
from quality.services.rounds import Plan

#: ten points to either side are enough for a demo, and quickly inspected
MARGIN: Final = 120
LATELY: Final = timedelta(days=45)
#: how often a question is answered with no
FAULTS: Final = {"in_time": 0.05, "solved": 0.03, "record": 0.08}
SHARE_MISSED: Final = 0.03
SHARE_DONE: Final = 0.4


def play(stage: Stage, random: Random) -> None:
    """Events are recorded at the real clock, so that the frames are frozen now."""
    zone = ZoneInfo(settings.TIME_ZONE)
    now = Period.quarter_of(local_date(stage.at))
    quarter, manager = now.shifted(-1), stage.staff("quality_manager")
    last = _drawn(_plan(_named(quarter), quarter.starts_at(zone), quarter.ends_at(zone)), stage)
    _inspect(list(last.cases.order_by("ordinal")), stage, random)
    inspection.report(last, actor=manager, at=database_now())

    lately = _plan("专项抽检：近 45 天投诉答复", stage.at - LATELY, stage.ago(days=1))
    running = _drawn(lately, stage)
    cases = list(running.cases.order_by("ordinal"))
    _inspect(cases[: round(len(cases) * SHARE_DONE)], stage, random)

    ends_at = now.ends_at(zone)
    ahead = _plan(_named(now), now.starts_at(zone), ends_at, cut_off=ends_at + timedelta(days=5))
    rounds.plan(ahead, actor=manager, at=stage.ago(days=1))


def _named(quarter: Period) -> str:
    return f"{quarter.year} 年第 {quarter.number} 季度答复抽检"


def _plan(
    name: str, starts_at: datetime, ends_at: datetime, cut_off: datetime | None = None
) -> Plan:
    return Plan(
        name=name,
        starts_at=starts_at,
        ends_at=ends_at,
        cut_off_at=cut_off or ends_at,
        checklist=Checklist.objects.latest("version"),
        margin_permille=MARGIN,
    )


def _drawn(plan: Plan, stage: Stage) -> Round:
    manager = stage.staff("quality_manager")
    planned = rounds.plan(plan, actor=manager, at=plan.cut_off_at - timedelta(days=20))
    frozen = rounds.freeze(planned, actor=manager, at=database_now())
    return rounds.draw(frozen, actor=manager, at=database_now())


def _inspect(cases: list[SampleCase], stage: Stage, random: Random) -> None:
    inspectors = [
        acting_for(post) for post in Post.objects.filter(role__code="inspector").order_by("pk")
    ]
    items = list(Checklist.objects.latest("version").items.values_list("code", flat=True))
    for number, case in enumerate(cases):
        who, at = inspectors[number % len(inspectors)], database_now()
        if random.random() < SHARE_MISSED:
            inspection.mark_non_response(case, NonResponse.NOT_REACHED, actor=who, at=at)
        else:
            inspection.score(case, _answers(items, random), actor=who, at=at)


def _answers(items: list[str], random: Random) -> dict[str, str]:
    return {
        code: Answer.NO if random.random() < FAULTS.get(code, 0.01) else Answer.YES
        for code in items
    }
