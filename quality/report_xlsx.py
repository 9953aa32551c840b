"""The report of a round as a workbook: the same figures as the page, and the rows behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from complaints.enums import Kind, Severity
from quality.estimate import Estimate
from quality.models import SampleCase
from quality.result import Result, StratumLine

BATCH = 2_000


def workbook(result: Result) -> bytes:
    """The file's bytes. Text stays text: nothing of it is read as a formula or a link."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(
        buffer,
        {
            "constant_memory": True,
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    ) as book:
        styles = _Styles(book)
        _overview(book, styles, result)
        _regions(book, styles, result)
        _strata(book, styles, result)
        _questions(book, styles, result)
        _cases(book, styles, result)
    return buffer.getvalue()


class _Styles:
    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format({"bold": True, "bottom": 1})
        self.percent: Format = book.add_format({"num_format": "0.0%"})


def _sheet(
    book: Workbook, styles: _Styles, name: str, head: Sequence[str], widths: Sequence[int]
) -> Worksheet:
    sheet: Worksheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, head, styles.head)
    sheet.freeze_panes(1, 0)
    return sheet


def _rows(sheet: Worksheet, rows: Iterable[Sequence[Any]], formats: dict[int, Format]) -> None:
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value, formats.get(column))


def _overview(book: Workbook, styles: _Styles, result: Result) -> None:
    round = result.round
    sheet = _sheet(book, styles, _("概览"), [_("项目"), _("值")], [34, 70])
    total = result.total
    _rows(
        sheet,
        [
            [_("轮次"), round.name],
            [_("期间"), f"{_local(round.starts_at)} – {_local(round.ends_at)}"],
            [_("截止时间"), _local(round.cut_off_at)],
            [_("检查表"), str(round.checklist)],
            [_("抽样框指纹（SHA-256）"), round.frame_sha256],
            [_("种子承诺（SHA-256）"), round.seed_sha256],
            [_("种子"), round.seed],
            [_("总体"), total.population],
            [_("抽取"), total.drawn],
            [_("已检查"), total.inspected],
            [_("答复良好比例"), _percent(total.share)],
            [
                _("%(confidence)s 区间") % {"confidence": _percent(total.confidence)},
                _interval(total),
            ],
            [_("设计效应"), round_to(total.design_effect)],
            [_("截止时未答复的投诉"), result.unanswered],
        ],
        {},
    )


def _regions(book: Workbook, styles: _Styles, result: Result) -> None:
    head = [
        _("区域"), _("总体"), _("抽取"), _("已检查"), _("答复良好比例"), _("区间下限"),
        _("区间上限"), _("名次"), _("首响按时"), _("解决按时"), _("未答复的投诉"),
    ]  # fmt: skip
    sheet = _sheet(book, styles, _("区域"), head, [24] + [12] * 10)
    rows = (
        [
            line.name,
            line.estimate.population,
            line.estimate.drawn,
            line.estimate.inspected,
            line.estimate.share,
            line.estimate.low,
            line.estimate.high,
            line.rank,
            line.first_response_kept,
            line.resolve_kept,
            line.unanswered,
        ]
        for line in result.regions
    )
    _rows(sheet, rows, dict.fromkeys((4, 5, 6, 8, 9), styles.percent))


def _strata(book: Workbook, styles: _Styles, result: Result) -> None:
    head = [_("区域"), _("层"), _("总体"), _("抽取"), _("已检查"), _("良好")]
    sheet = _sheet(book, styles, _("分层"), head, [24, 28, 12, 12, 12, 12])
    rows = (
        [
            line.region_name,
            stratum_label(line),
            line.result.size,
            line.result.drawn,
            line.result.inspected,
            line.result.good,
        ]
        for line in result.strata
    )
    _rows(sheet, rows, {})


def _questions(book: Workbook, styles: _Styles, result: Result) -> None:
    head = [_("问题"), _("是"), _("否"), _("不适用")]
    sheet = _sheet(book, styles, _("问题"), head, [60, 10, 10, 10])
    rows = ([q.question, q.yes, q.no, q.not_applicable] for q in result.questions)
    _rows(sheet, rows, {})


def _cases(book: Workbook, styles: _Styles, result: Result) -> None:
    head = [
        _("序号"), _("层"), _("单位"), _("受理"), _("答复"), _("权重"), _("状态"), _("良好"),
        _("无法检查的原因"),
    ]  # fmt: skip
    sheet = _sheet(book, styles, _("样本"), head, [8, 32, 16, 18, 18, 10, 12, 8, 20])
    cases = (
        SampleCase.objects.filter(round=result.round)
        .select_related("member__stratum")
        .order_by("ordinal")
        .iterator(chunk_size=BATCH)
    )
    rows = (
        [
            case.ordinal,
            case.member.stratum.code,
            case.member.unit_code,
            _local(case.member.received_at),
            _local(case.member.answered_at),
            float(case.weight),
            case.get_state_display(),
            {True: _("是"), False: _("否"), None: None}[case.answered_well],
            case.get_non_response_display() or None,
        ]
        for case in cases
    )
    _rows(sheet, rows, {})


def stratum_label(line: StratumLine) -> str:
    """What a stratum is called in print."""
    if line.certainty:
        return _("必查：安全、大客户、重新打开、三级以上升级")
    if "/" not in line.label:
        return _("合并的小层（不足 5 件）")
    kind, severity = line.label.split("/")
    return f"{Kind(kind).label} · {Severity(severity).label}"


def round_to(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else float(f"{value:.{digits}f}")


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.1f} %"


def _interval(estimate: Estimate) -> str | None:
    if estimate.low is None or estimate.high is None:
        return None
    return f"{100 * estimate.low:.1f} – {100 * estimate.high:.1f} %"


def _local(moment: Any) -> str | None:
    return None if moment is None else timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
