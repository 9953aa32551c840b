"""What a plan would cost: the sample it needs from the answers there are so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import connection

from quality import frame_sql, sizing
from quality.models import Round, Stratum
from quality.services.rounds import Plan, earlier_shares


@dataclass(frozen=True, slots=True)
class RegionSize:
    """A region's answers so far, and how many of them the plan would inspect."""

    name: str
    population: int
    sample: int


def sizes(plan: Plan, *, at: datetime) -> list[RegionSize]:
    """By region, as if the frame froze now; nothing is kept."""
    round = Round(
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        cut_off_at=plan.cut_off_at,
        confidence_permille=plan.confidence_permille,
        margin_permille=plan.margin_permille,
        share_permille=plan.share_permille,
        allocation=plan.allocation,
        committed_at=at,
    )
    strata = _strata(round, at)
    cases = sizing.cases_per_stratum(round, strata, earlier_shares(round))
    return [
        _region(list(group), cases) for _, group in groupby(strata, key=attrgetter("region_code"))
    ]


def _region(strata: Sequence[Stratum], cases: dict[str, int]) -> RegionSize:
    return RegionSize(
        name=strata[0].region_name,
        population=sum(stratum.size for stratum in strata),
        sample=sum(cases[stratum.code] for stratum in strata),
    )


def _strata(round: Round, at: datetime) -> list[Stratum]:
    values: dict[str, Any] = {
        **frame_sql.constants(),
        "starts_at": round.starts_at,
        "ends_at": round.ends_at,
        "cut_off_at": round.cut_off_at,
        "frozen_at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(frame_sql.PREVIEW, values)
        rows = cursor.fetchall()
    found = [
        Stratum(code=code, region_code=region, region_name=name, certainty=certainty, size=size)
        for code, region, name, certainty, size in rows
    ]
    return sorted(found, key=attrgetter("region_code", "code"))
