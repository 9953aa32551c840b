"""A round from its plan to its report, through the pages alone."""

import datetime as dt
import io
import re

import openpyxl
import pytest

from core.clock import database_now
from quality.enums import CaseState, NonResponse, RoundState
from quality.models import Round, SampleCase
from quality.services import rounds
from tests.console.conftest import Browser
from tests.factories import make_post
from tests.quality.conftest import (
    CUT_OFF,
    Q1,
    answered,
    answers,
    drawn_round,
    plan_round,
)

pytestmark = pytest.mark.django_db


def staff(actor):
    from organisation.models import Staff

    return Browser(Staff.objects.get(pk=actor.staff_id))


@pytest.fixture
def manager(quarter):
    return staff(quarter.manager)


@pytest.fixture
def inspector(quarter):
    return staff(quarter.inspector)


def plan_values(**changes):
    soon = database_now() + dt.timedelta(days=1)
    return {
        "quarter": "2026-1",
        "cut_off_at": f"{soon:%Y-%m-%dT%H:%M}",
        "checklist": str(checklist_id()),
        "confidence_permille": "950",
        "margin_permille": "50",
        "share_permille": "500",
        "allocation": "proportional",
        "idempotency_key": "a-key",
        **changes,
    }


def checklist_id():
    from quality.models import Checklist

    return Checklist.objects.get(code="answers").pk


class TestThePlan:
    def test_it_commits_to_a_seed_and_leads_to_the_round(self, manager):
        page = manager.send("/console/rounds/plan/", **plan_values())
        made = Round.objects.get()
        assert page.url == f"/console/rounds/{made.public_id}/"
        assert made.name == "2026 年第 1 季度"
        assert made.starts_at.isoformat() == "2025-12-31T16:00:00+00:00"
        assert made.ends_at.isoformat() == "2026-03-31T16:00:00+00:00"
        shown = manager.open(page.url)
        assert made.seed_sha256 in shown
        assert "截止之前不能冻结" in shown

    def test_sending_it_twice_plans_one_round(self, manager):
        values = plan_values()
        first = manager.send("/console/rounds/plan/", **values)
        again = manager.send("/console/rounds/plan/", **values)
        assert first.url == again.url
        assert Round.objects.count() == 1

    def test_a_cut_off_in_the_past_is_said_beside_the_field_and_nothing_is_lost(self, manager):
        page = manager.send(
            "/console/rounds/plan/",
            **plan_values(cut_off_at="2026-01-01T00:00", margin_permille="30"),
        )
        assert page.status == 422
        assert "截止时间必须晚于现在" in page
        assert 'value="30" selected' in page
        assert not Round.objects.exists()

    @pytest.mark.parametrize("code", ["2026-5", "abc", "2026", "99999-1"])
    def test_a_quarter_that_is_none_is_refused(self, manager, code):
        page = manager.send("/console/rounds/plan/", **plan_values(quarter=code))
        assert page.status == 422
        assert "请选择列出的选项" in page

    def test_the_calculator_says_what_the_plan_needs(self, manager, quarter):
        answered(quarter.a, 60)
        answered(quarter.b, 5)
        page = manager.send("/console/rounds/plan/sizes/", **plan_values())
        # Cochran for 60 and for 5 members at 95 %, ± 5 points, p = 0.5
        assert re.findall(r'class="num">(\d+)<', page.text) == ["60", "53", "5", "5"]
        assert ">58<" in page

    def test_the_calculator_waits_for_a_whole_plan(self, manager):
        page = manager.send("/console/rounds/plan/sizes/", **plan_values(cut_off_at="x"))
        assert page.status == 200
        assert "填完左边" in page

    def test_who_inspects_plans_nothing(self, inspector):
        assert inspector.open("/console/rounds/plan/").status == 403
        assert inspector.send("/console/rounds/plan/", **plan_values()).status == 403


class TestTheSteps:
    def test_freezing_waits_for_the_cut_off_and_says_so(self, manager, quarter):
        soon = database_now() + dt.timedelta(hours=1)
        plan = rounds.Plan("轮次", Q1, CUT_OFF, soon, plan_round(quarter).checklist)
        waiting = rounds.plan(plan, actor=quarter.manager, at=database_now())
        page = manager.send(f"/console/rounds/{waiting.public_id}/steps/freeze/")
        assert page.status == 409
        assert "尚未到截止时间" in page

    def test_frozen_then_drawn_each_by_one_press(self, manager, quarter):
        answered(quarter.a, 6)
        made = plan_round(quarter)
        here = f"/console/rounds/{made.public_id}/"
        assert manager.send(f"{here}steps/freeze/").url == here
        frozen = manager.open(here)
        assert "名单已冻结" in frozen
        assert Round.objects.get().frame_sha256 in frozen
        assert manager.send(f"{here}steps/draw/").url == here
        drawn = manager.open(here)
        assert Round.objects.get().seed in drawn
        assert "已检查或确认无法检查" in drawn

    def test_a_step_out_of_turn_is_said_on_the_page(self, manager, quarter):
        page = manager.send(f"/console/rounds/{plan_round(quarter).public_id}/steps/draw/")
        assert page.status == 409
        assert "该轮次当前不在这一步" in page

    def test_an_unknown_step_is_not_there(self, manager, quarter):
        made = plan_round(quarter)
        assert manager.send(f"/console/rounds/{made.public_id}/steps/destroy/").status == 404

    def test_a_report_waits_for_every_case(self, manager, quarter):
        answered(quarter.a, 6)
        made = drawn_round(quarter)
        page = manager.send(f"/console/rounds/{made.public_id}/steps/report/")
        assert page.status == 409
        assert "还有未检查的样本" in page

    @pytest.mark.parametrize("name", ["freeze", "draw", "report"])
    def test_an_inspector_moves_no_round(self, inspector, quarter, name):
        made = plan_round(quarter)
        assert inspector.send(f"/console/rounds/{made.public_id}/steps/{name}/").status == 403


class TestTheInspection:
    @pytest.fixture
    def drawn(self, quarter):
        answered(quarter.a, 3)
        return drawn_round(quarter)

    def test_the_next_case_is_the_first_in_the_order_of_the_draw(self, inspector, drawn):
        first = drawn.cases.get(ordinal=1)
        page = inspector.open(f"/console/rounds/{drawn.public_id}/cases/next/")
        assert page.url == f"/console/cases/{first.public_id}/"
        shown = inspector.open(page.url)
        assert "第 1 件，共 3 件" in shown
        assert "已处理" in shown  # what was answered
        assert "是否在时限内答复？" in shown

    def test_scores_decide_whether_it_was_answered_well(self, inspector, drawn):
        case = drawn.cases.get(ordinal=1)
        page = inspector.send(f"/console/cases/{case.public_id}/", **answers(drawn, well=False))
        assert page.url == f"/console/rounds/{drawn.public_id}/cases/next/"
        case.refresh_from_db()
        assert (case.state, case.answered_well) == (CaseState.INSPECTED, False)
        assert inspector.open(page.url).url == (
            f"/console/cases/{drawn.cases.get(ordinal=2).public_id}/"
        )

    def test_a_question_left_out_keeps_the_others(self, inspector, drawn):
        case = drawn.cases.get(ordinal=1)
        given = answers(drawn)
        missing = next(iter(given))
        del given[missing]
        page = inspector.send(f"/console/cases/{case.public_id}/", **given)
        assert page.status == 422
        assert "请回答这个问题" in page
        assert page.text.count(" checked") == len(given)
        assert SampleCase.objects.get(pk=case.pk).state == CaseState.PENDING

    def test_a_case_that_cannot_be_inspected_says_why(self, inspector, drawn):
        case = drawn.cases.get(ordinal=1)
        inspector.send(f"/console/cases/{case.public_id}/absent/", reason="record_missing")
        case.refresh_from_db()
        assert (case.state, case.non_response) == (
            CaseState.NON_RESPONSE,
            NonResponse.RECORD_MISSING,
        )

    def test_erasure_is_no_reason_a_person_may_give(self, inspector, drawn):
        case = drawn.cases.get(ordinal=1)
        page = inspector.send(f"/console/cases/{case.public_id}/absent/", reason="erased")
        assert page.status == 422
        assert SampleCase.objects.get(pk=case.pk).state == CaseState.PENDING

    def test_a_second_score_is_refused_and_shows_the_first(self, inspector, quarter, drawn):
        case = drawn.cases.get(ordinal=1)
        inspector.send(f"/console/cases/{case.public_id}/", **answers(drawn))
        page = staff(quarter.second).send(
            f"/console/cases/{case.public_id}/", **answers(drawn, well=False)
        )
        assert page.status == 409
        assert SampleCase.objects.get(pk=case.pk).answered_well is True

    def test_who_reported_is_no_part_of_the_material(self, inspector, quarter, drawn):
        from tests.factories import make_person

        make_person("不可见者", "13900001111")
        page = inspector.open(f"/console/cases/{drawn.cases.first().public_id}/")
        assert "不可见者" not in page
        assert "来电人" not in page

    def test_a_case_of_another_region_is_not_there(self, quarter, drawn):
        elsewhere = make_post("inspector", quarter.c)
        page = Browser(elsewhere.holder).open(f"/console/cases/{drawn.cases.first().public_id}/")
        assert page.status == 404

    def test_who_may_only_look_reads_no_ticket(self, quarter, drawn, manager):
        assert manager.open(f"/console/cases/{drawn.cases.first().public_id}/").status == 403

    def test_the_list_tells_what_is_done(self, inspector, drawn):
        case = drawn.cases.get(ordinal=2)
        inspector.send(f"/console/cases/{case.public_id}/", **answers(drawn))
        here = f"/console/rounds/{drawn.public_id}/cases/"
        assert "第 2 件</a>" not in inspector.open(here)
        done = inspector.open(here, show="inspected")
        assert "第 2 件</a>" in done
        assert "良好" in done


class TestTheReport:
    @pytest.fixture
    def reported(self, quarter, manager, inspector):
        """Three strata of 4, 3 and 2 members, all inspected; one of each region answered badly but
        the last."""
        for unit, count in ((quarter.a, 4), (quarter.b, 3), (quarter.c, 2)):
            answered(unit, count)
        made = drawn_round(quarter)
        bad = set()
        for case in made.cases.select_related("member__stratum").order_by("ordinal"):
            region = case.member.stratum.region_code
            well = region == "C" or region in bad
            bad.add(region)
            inspector.send(f"/console/cases/{case.public_id}/", **answers(made, well=well))
        manager.send(f"/console/rounds/{made.public_id}/steps/report/")
        return Round.objects.get()

    def test_its_figures_are_those_of_the_scores(self, manager, reported):
        """All were inspected: 3/4, 2/3 and 2/2; 7 of 9 in all, without any width."""
        assert reported.state == RoundState.REPORTED
        page = manager.open(f"/console/rounds/{reported.public_id}/report/")
        assert page.status == 200
        for said in ("77.8%", "75.0%", "66.7%", "100.0%", "77.8%–77.8%"):
            assert said in page
        for proof in (reported.seed, reported.seed_sha256, reported.frame_sha256):
            assert proof in page
        assert "n = N z² p q ÷ (e² (N − 1) + z² p q)" in page

    def test_the_workbook_says_the_same(self, manager, reported):
        answer = manager.get(f"/console/rounds/{reported.public_id}/report.xlsx")
        assert answer["Content-Type"].endswith("spreadsheetml.sheet")
        assert "2026" in answer["Content-Disposition"]
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        regions = [row[:5] for row in book["区域"].iter_rows(min_row=2, values_only=True)]
        assert [row[1:4] for row in regions] == [(4, 4, 4), (3, 3, 3), (2, 2, 2)]
        assert [round(row[4], 4) for row in regions] == [0.75, 0.6667, 1.0]

    def test_there_is_none_before_the_draw(self, manager, quarter):
        made = plan_round(quarter)
        assert manager.open(f"/console/rounds/{made.public_id}/report/").status == 404
        assert manager.open(f"/console/rounds/{made.public_id}/report.xlsx").status == 404

    def test_it_says_that_it_is_not_final(self, manager, quarter):
        answered(quarter.a, 3)
        made = drawn_round(quarter)
        page = manager.open(f"/console/rounds/{made.public_id}/report/")
        assert "还有 3 件没有检查" in page
        assert "还没有检查过任何一件" in page


def test_staff_without_the_right_see_no_round(quarter):
    agent = Browser(make_post("hotline_agent", quarter.group).holder)
    assert agent.open("/console/rounds/").status == 403
    assert agent.open(f"/console/rounds/{plan_round(quarter).public_id}/").status == 403


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_rounds_costs_the_same_for_one_as_for_three(
    manager, quarter, count, django_assert_num_queries
):
    for _ in range(count):
        plan_round(quarter)
    with django_assert_num_queries(4):
        manager.open("/console/rounds/")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_cases_costs_the_same_for_one_as_for_three(
    inspector, quarter, count, django_assert_num_queries
):
    answered(quarter.a, count)
    made = drawn_round(quarter)
    with django_assert_num_queries(6):
        inspector.open(f"/console/rounds/{made.public_id}/cases/")
