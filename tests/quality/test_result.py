"""The figures of a round, worked by hand, and that nothing later moves them."""

from __future__ import annotations

import datetime as dt
import io
import math
from fractions import Fraction

import openpyxl
import pytest

from complaints.enums import EventKind, PartyRole, Visibility
from complaints.models import TextEntry, Ticket, TicketEvent, TicketParty
from core.actors import ActorKind
from core.errors import InvalidInput, NotFound
from quality.enums import NonResponse, RoundState
from quality.errors import CaseAlreadyInspected, CasesStillPending, InspectorHandledTheTicket
from quality.material import material
from quality.models import SampleCase
from quality.report_xlsx import workbook
from quality.result import result
from quality.services import inspection, rounds
from tests.quality.conftest import FROZEN, answered, answers, drawn_round, inspect

pytestmark = pytest.mark.django_db


def _three_strata(quarter):
    """Region A has 100 members, B 50, C 10. With a margin of 20 points A needs 20, B 17, C 8.

    n = N z² p q / (e² (N - 1) + z² p q), z² p q = 0.960365, e² = 0.04:
    A 96.04/4.920 = 19.5 → 20; B 48.02/2.920 = 16.4 → 17; C 9.60/1.320 = 7.3 → 8.
    """
    for unit, size in ((quarter.a, 100), (quarter.b, 50), (quarter.c, 10)):
        answered(unit, size)
    drawn = drawn_round(quarter, margin_permille=200)
    sizes = dict(drawn.strata.values_list("region_code", "drawn"))
    assert sizes == {"A": 20, "B": 17, "C": 8}
    return drawn


def _inspect_all(drawn, quarter, good):
    """The first `good[region]` cases of each region are answered well, the rest not."""
    for region, well in good.items():
        cases = SampleCase.objects.filter(
            round=drawn, member__stratum__region_code=region
        ).order_by("ordinal")
        for place, case in enumerate(cases):
            inspect(case, quarter, well=place < well)


def test_three_strata_with_unequal_weights_worked_by_hand(quarter):
    drawn = _three_strata(quarter)
    _inspect_all(drawn, quarter, {"A": 18, "B": 10, "C": 8})
    found = result(drawn)

    share = (100 * Fraction(18, 20) + 50 * Fraction(10, 17) + 10 * Fraction(8, 8)) / 160
    assert share == Fraction(55, 68)  # (90 + 500/17 + 10) / 160
    assert found.total.share == pytest.approx(float(share), abs=1e-12)
    assert round(found.total.share, 6) == 0.808824

    # 0.390625 · 0.8 · 0.09 / 19 + 0.09765625 · 0.66 · 0.242215 / 16 = 0.0024560, root 0.0495578
    variance = (
        Fraction(100, 160) ** 2 * (1 - Fraction(20, 100)) * Fraction(18 * 2, 20 * 20) / 19
        + Fraction(50, 160) ** 2 * (1 - Fraction(17, 50)) * Fraction(10 * 7, 17 * 17) / 16
    )
    half = 1.959963984540054 * math.sqrt(variance)
    assert found.total.low == pytest.approx(float(share) - half, abs=1e-12)
    assert found.total.high == pytest.approx(float(share) + half, abs=1e-12)
    assert (round(found.total.low, 4), round(found.total.high, 4)) == (0.7117, 0.906)

    by_code = {line.code: line for line in found.regions}
    assert by_code["A"].estimate.share == 0.9
    assert by_code["C"].estimate.share == 1.0
    assert by_code["A"].rank is None  # its interval overlaps others: not ranked


def test_weights_are_members_for_each_case(quarter):
    drawn = _three_strata(quarter)
    weights = dict(drawn.cases.values_list("member__stratum__region_code", "weight").distinct())
    assert {code: float(weight) for code, weight in weights.items()} == {
        "A": 5.0,
        "B": 2.941176,
        "C": 1.25,
    }


def test_a_report_stays_the_same_after_50_changes_and_an_erasure(quarter):
    drawn = _three_strata(quarter)
    _inspect_all(drawn, quarter, {"A": 18, "B": 10, "C": 8})
    inspection.report(drawn, actor=quarter.manager, at=FROZEN)
    drawn.refresh_from_db()
    before, sheet = result(drawn), _cells(workbook(result(drawn)))
    frame = rounds.stored_hash(drawn)

    ids = list(Ticket.objects.values_list("pk", flat=True)[:50])
    Ticket.objects.filter(pk__in=ids).update(severity="serious", kind="praise")
    erased = Ticket.objects.get(pk=ids[0])
    erased.texts.update(body="", tokens=None, erased_at=FROZEN)
    TicketEvent.objects.create(
        ticket=erased,
        kind=EventKind.ERASED,
        visibility=Visibility.INTERNAL,
        actor_kind=ActorKind.SYSTEM,
        occurred_at=FROZEN,
        recorded_at=FROZEN,
    )
    assert result(drawn) == before
    assert _cells(workbook(result(drawn))) == sheet
    assert rounds.stored_hash(drawn) == frame == drawn.frame_sha256
    assert TextEntry.objects.filter(erased_at__isnull=False).count() == 1


def _cells(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book
    }


def test_the_workbook_has_the_figures_of_the_page(quarter):
    drawn = _three_strata(quarter)
    _inspect_all(drawn, quarter, {"A": 18, "B": 10, "C": 8})
    cells = _cells(workbook(result(drawn)))
    regions = {row[0]: row for row in cells["区域"][1:]}
    assert regions["A"][1:5] == [100, 20, 20, 0.9]
    assert len(cells["样本"]) == 1 + 45
    assert ["种子", drawn.seed] in [row[:2] for row in cells["概览"]]


def test_text_that_looks_like_a_formula_stays_text(quarter):
    quarter.a.get_parent().__class__.objects.filter(code="A").update(name="=1+1")
    answered(quarter.a, 6)
    drawn = drawn_round(quarter)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(result(drawn))))["区域"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


def test_a_case_erased_before_inspection_is_non_response(quarter):
    answered(quarter.a, 6)
    drawn = drawn_round(quarter)
    first = drawn.cases.first()
    ticket = Ticket.objects.get(public_id=first.member.ticket_public_id)
    TicketEvent.objects.create(
        ticket=ticket,
        kind=EventKind.ERASED,
        visibility=Visibility.INTERNAL,
        actor_kind=ActorKind.SYSTEM,
        occurred_at=FROZEN,
        recorded_at=FROZEN,
    )
    for case in drawn.cases.exclude(pk=first.pk):
        inspect(case, quarter)
    reported = inspection.report(drawn, actor=quarter.manager, at=FROZEN)
    assert reported.state == RoundState.REPORTED
    found = result(reported)
    assert found.non_response["erased"] == 1
    assert (found.total.inspected, found.total.drawn) == (5, 6)


def test_a_case_is_well_answered_unless_a_required_question_fails(quarter):
    answered(quarter.a, 6)
    drawn = drawn_round(quarter)
    first, second, third = drawn.cases.order_by("ordinal")[:3]
    assert inspect(first, quarter).answered_well is True
    assert inspect(second, quarter, well=False).answered_well is False
    optional = next(item.code for item in drawn.checklist.items.all() if not item.required)
    chosen = {**answers(drawn), optional: "no"}
    assert inspection.score(third, chosen, actor=quarter.inspector, at=FROZEN).answered_well


def test_who_handled_a_ticket_does_not_inspect_it(quarter):
    (ticket,) = answered(quarter.a, 1)
    TicketEvent.objects.create(
        ticket=ticket,
        kind=EventKind.NOTED,
        visibility=Visibility.INTERNAL,
        actor_kind=ActorKind.STAFF,
        staff_id=quarter.inspector.staff_id,
        occurred_at=FROZEN,
        recorded_at=FROZEN,
    )
    case = drawn_round(quarter).cases.get()
    with pytest.raises(InspectorHandledTheTicket):
        inspect(case, quarter)
    inspection.score(case, answers(case.round), actor=quarter.second, at=FROZEN)
    with pytest.raises(CaseAlreadyInspected):
        inspection.score(case, answers(case.round), actor=quarter.second, at=FROZEN)


def test_who_handled_it_does_not_take_it_out_of_the_sample_either(quarter):
    (ticket,) = answered(quarter.a, 1)
    TicketParty.objects.create(
        ticket=ticket, staff_id=quarter.inspector.staff_id, role=PartyRole.NAMED
    )
    case = drawn_round(quarter).cases.get()
    reason = NonResponse.NOT_REACHED
    with pytest.raises(InspectorHandledTheTicket):
        inspection.mark_non_response(case, reason, actor=quarter.inspector, at=FROZEN)
    with pytest.raises(NotFound):
        material(case, actor=quarter.inspector)
    assert material(case, actor=quarter.second) is not None
    inspection.mark_non_response(case, reason, actor=quarter.second, at=FROZEN)


@pytest.mark.parametrize("change", [{"attitude": "perhaps"}, {"attitude": None}, {"gossip": "yes"}])
def test_an_incomplete_form_is_refused_and_names_the_question(quarter, change):
    answered(quarter.a, 1)
    case = drawn_round(quarter).cases.get()
    with pytest.raises(InvalidInput) as refused:
        inspection.score(
            case, {**answers(case.round), **change}, actor=quarter.inspector, at=FROZEN
        )
    assert list(refused.value.fields) == list(change)
    assert not case.scores.exists()


def test_no_report_while_cases_are_pending(quarter):
    answered(quarter.a, 4)
    drawn = drawn_round(quarter)
    with pytest.raises(CasesStillPending):
        inspection.report(drawn, actor=quarter.manager, at=FROZEN)
    for case in drawn.cases.all():
        inspection.mark_non_response(
            case, NonResponse.NOT_REACHED, actor=quarter.inspector, at=FROZEN
        )
    reported = inspection.report(drawn, actor=quarter.manager, at=FROZEN + dt.timedelta(days=1))
    assert result(reported).total.share is None
