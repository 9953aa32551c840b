"""The figures of a round, from frozen frame and scores alone: the same today and next year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Count, Q

from quality.enums import Answer, CaseState, NonResponse
from quality.estimate import Estimate, StratumResult, ranks, total_estimate, unit_estimate
from quality.models import FrameMember, Round, SampleCase, Score

#: fewer members than this in a stratum are shown with their region alone, so that no figure points
#: at one household
SMALLEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RegionLine:
    """One region: its share answered well, and what the whole frame says about time."""

    code: str
    name: str
    estimate: Estimate
    rank: int | None
    unanswered: int
    first_response_kept: float | None
    resolve_kept: float | None


@dataclass(frozen=True, slots=True)
class StratumLine:
    region_name: str
    label: str
    result: StratumResult
    certainty: bool


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """Answers to one question, counted over the inspected cases without weights."""

    code: str
    question: str
    question_en: str
    yes: int
    no: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class Result:
    round: Round
    total: Estimate
    regions: list[RegionLine]
    strata: list[StratumLine]
    questions: list[QuestionLine]
    non_response: dict[str, int]
    pending: int

    @property
    def unanswered(self) -> int:
        return sum(line.unanswered for line in self.regions)


@dataclass(frozen=True, slots=True)
class _Stratum:
    region_code: str
    region_name: str
    label: str
    certainty: bool
    result: StratumResult


def result(round: Round) -> Result:
    """Compute the figures of a drawn or reported round. Five statements, whatever its size."""
    confidence = round.confidence_permille / 1000
    strata = _strata(round)
    return Result(
        round=round,
        total=total_estimate([stratum.result for stratum in strata], confidence=confidence),
        regions=_regions(round, strata, confidence),
        strata=_shown(strata),
        questions=_questions(round),
        non_response=_non_response(round),
        pending=round.cases.filter(state=CaseState.PENDING).count(),
    )


def _strata(round: Round) -> list[_Stratum]:
    seen: dict[int, Mapping[str, Any]] = {
        row["member__stratum"]: row
        for row in SampleCase.objects.filter(round=round)
        .values("member__stratum")
        .annotate(
            inspected=Count("pk", filter=Q(state=CaseState.INSPECTED)),
            good=Count("pk", filter=Q(answered_well=True)),
        )
    }
    return [
        _Stratum(
            region_code=stratum.region_code,
            region_name=stratum.region_name,
            label=_label(stratum.kind, stratum.severity),
            certainty=stratum.certainty,
            result=StratumResult(
                code=stratum.code,
                size=stratum.size,
                drawn=stratum.drawn,
                inspected=seen.get(stratum.pk, {}).get("inspected", 0),
                good=seen.get(stratum.pk, {}).get("good", 0),
            ),
        )
        for stratum in round.strata.order_by("region_code", "code")
    ]


def _label(kind: str, severity: str) -> str:
    return f"{kind}/{severity}" if kind else ""


def _regions(round: Round, strata: Sequence[_Stratum], confidence: float) -> list[RegionLine]:
    groups = {code: list(group) for code, group in groupby(strata, key=attrgetter("region_code"))}
    estimates = {
        code: unit_estimate([stratum.result for stratum in group], confidence=confidence)
        for code, group in groups.items()
    }
    places, kept = ranks(estimates), _kept(round)
    return [
        RegionLine(
            code=code,
            name=group[0].region_name,
            estimate=estimates[code],
            rank=places[code],
            unanswered=round.unanswered.get(code, 0),
            first_response_kept=kept[code][0],
            resolve_kept=kept[code][1],
        )
        for code, group in groups.items()
    ]


def _kept(round: Round) -> Mapping[str, tuple[float | None, float | None]]:
    rows = (
        FrameMember.objects.filter(round=round)
        .values("stratum__region_code")
        .annotate(
            first=Count("pk", filter=Q(first_response_kept__isnull=False)),
            first_kept=Count("pk", filter=Q(first_response_kept=True)),
            resolve=Count("pk", filter=Q(resolve_kept__isnull=False)),
            resolve_in_time=Count("pk", filter=Q(resolve_kept=True)),
        )
    )
    return {
        row["stratum__region_code"]: (
            _share(row["first_kept"], row["first"]),
            _share(row["resolve_in_time"], row["resolve"]),
        )
        for row in rows
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _shown(strata: Sequence[_Stratum]) -> list[StratumLine]:
    """Strata as printed: the small ones of a region are one line without kind and severity."""
    lines = []
    for _, group in groupby(strata, key=attrgetter("region_code")):
        members = list(group)
        small = [s for s in members if s.result.size < SMALLEST_SHOWN]
        lines += [
            StratumLine(s.region_name, s.label, s.result, s.certainty)
            for s in members
            if s not in small
        ]
        if small:
            lines.append(StratumLine(small[0].region_name, "small", _joined(small), False))
    return lines


def _joined(strata: Sequence[_Stratum]) -> StratumResult:
    results = [stratum.result for stratum in strata]
    return StratumResult(
        code=f"{strata[0].region_code}/small",
        size=sum(r.size for r in results),
        drawn=sum(r.drawn for r in results),
        inspected=sum(r.inspected for r in results),
        good=sum(r.good for r in results),
    )


def _questions(round: Round) -> list[QuestionLine]:
    counts = {
        (row["item"], row["answer"]): row["n"]
        for row in Score.objects.filter(case__round=round)
        .values("item", "answer")
        .annotate(n=Count("pk"))
    }
    return [
        QuestionLine(
            code=item.code,
            question=item.question,
            question_en=item.question_en,
            yes=counts.get((item.pk, Answer.YES), 0),
            no=counts.get((item.pk, Answer.NO), 0),
            not_applicable=counts.get((item.pk, Answer.NOT_APPLICABLE), 0),
        )
        for item in round.checklist.items.all()
    ]


def _non_response(round: Round) -> dict[str, int]:
    rows = (
        round.cases.filter(state=CaseState.NON_RESPONSE)
        .values_list("non_response")
        .annotate(n=Count("pk"))
    )
    counted = dict(rows)
    return {reason.value: counted.get(reason.value, 0) for reason in NonResponse}
