"""The report of a round, to read and to take along: the same figures in both."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from console.door import StaffRequest, staff_page
from console.views import rounds
from console.words import in_english
from quality.enums import NonResponse, RoundState
from quality.estimate import Estimate
from quality.models import Round
from quality.report_xlsx import stratum_label, workbook
from quality.result import QuestionLine, RegionLine, Result, StratumLine, result

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_page("quality.view")
@require_GET
def shown(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = _drawn(public_id, request)
    figures = result(found)
    context = {
        "round": found,
        "final": found.state == RoundState.REPORTED,
        "total": _said(figures.total),
        "estimate": figures.total,
        "intervals": _intervals(figures),
        "reference": figures.total.share,
        "regions": [_region(line) for line in figures.regions],
        "strata": [_stratum(line) for line in figures.strata],
        "questions": [_question(line) for line in figures.questions],
        "absent": _absent(figures),
        "pending": figures.pending,
        "unanswered": figures.unanswered,
        "confidence": f"{found.confidence_permille / 10:g}%",
    }
    return render(request, "console/report.html", context)


@staff_page("quality.view")
@require_GET
def download(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = _drawn(public_id, request)
    response = HttpResponse(workbook(result(found)), content_type=XLSX)
    name = slugify(found.name, allow_unicode=True) or "round"
    response.headers["Content-Disposition"] = _attachment(f"{name}.xlsx")
    return response


def _drawn(public_id: UUID, request: StaffRequest) -> Round:
    found = rounds.find(public_id, request.actor)
    if found.state not in (RoundState.DRAWN, RoundState.REPORTED):
        raise Http404
    return found


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def _intervals(figures: Result) -> list[dict[str, Any]]:
    """Regions of which anything is known, for the chart."""
    return [
        {
            "label": line.name,
            "share": line.estimate.share,
            "low": line.estimate.low,
            "high": line.estimate.high,
            "n": line.estimate.inspected,
        }
        for line in figures.regions
        if line.estimate.share is not None
    ]


def _said(estimate: Estimate) -> dict[str, str]:
    return {
        "share": percent(estimate.share),
        "low": percent(estimate.low),
        "high": percent(estimate.high),
        "effect": "—" if estimate.design_effect is None else f"{estimate.design_effect:.2f}",
        "absent": percent(estimate.non_response),
    }


def _region(line: RegionLine) -> dict[str, Any]:
    return {
        **_said(line.estimate),
        "name": line.name,
        "estimate": line.estimate,
        "rank": line.rank,
        "unanswered": line.unanswered,
        "first_response": percent(line.first_response_kept),
        "resolve": percent(line.resolve_kept),
    }


def _stratum(line: StratumLine) -> dict[str, Any]:
    inspected = line.result.inspected
    return {
        "region": line.region_name,
        "label": stratum_label(line),
        "result": line.result,
        "share": percent(line.result.good / inspected if inspected else None),
    }


def _question(line: QuestionLine) -> dict[str, Any]:
    answered = line.yes + line.no
    return {
        "line": line,
        "question": line.question_en if in_english() else line.question,
        "share": percent(line.yes / answered if answered else None),
    }


def _absent(figures: Result) -> list[tuple[str, int]]:
    return [
        (str(NonResponse(code).label), count)
        for code, count in figures.non_response.items()
        if count
    ]


def percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.1f}%"
