"""A round from its plan to its report, by API alone."""

import pytest

from core.clock import database_now
from core.quarters import Quarter
from organisation.models import Staff
from organisation.services.posts import local_date
from quality.models import Round, SampleCase
from tests.complaints.api.conftest import Caller
from tests.factories import make_post
from tests.quality.conftest import answered, answers, drawn_round, plan_round

pytestmark = pytest.mark.django_db

ROUNDS = "/api/v1/quality/rounds/"


def caller_of(actor):
    caller = Caller()
    caller.force_login(Staff.objects.get(pk=actor.staff_id))
    return caller


@pytest.fixture
def manager(quarter):
    return caller_of(quarter.manager)


@pytest.fixture
def inspector(quarter):
    return caller_of(quarter.inspector)


def plan(caller, key="plan-1", **changes):
    body = {
        "quarter": Quarter.of(local_date(database_now())).code,
        "cut_off_at": "2099-01-11T00:00:00+08:00",
        **changes,
    }
    return caller.post(ROUNDS, body, headers={"Idempotency-Key": key})


class TestPlanning:
    def test_is_done_once_and_its_seed_stays_sealed(self, manager):
        made = plan(manager)
        assert (made.status_code, made.json()["state"], made.json()["seed"]) == (
            201, "planned", "",
        )  # fmt: skip
        assert plan(manager).json() == made.json()
        assert Round.objects.count() == 1
        assert plan(manager, margin_permille=30).status_code == 422  # another plan, the same key
        (row,) = manager.get(ROUNDS).json()["results"]
        assert row["id"] == made.json()["id"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"quarter": "2026-5"}, "quarter"),
            ({"quarter": "soon"}, "quarter"),
            ({"checklist": "nothing"}, "checklist"),
            ({"margin_permille": 0}, "margin_permille"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_names_what_is_wrong(self, manager, changes, field):
        refused = plan(manager, **changes)
        assert refused.status_code == 400
        assert [each["field"] for each in refused.json()["errors"]] == [field]

    def test_after_the_cut_off_is_refused_with_its_reason(self, manager):
        refused = plan(manager, cut_off_at="2026-01-01T00:00:00+08:00")
        assert (refused.status_code, refused.json()["code"]) == (400, "cut_off_in_the_past")

    def test_takes_the_right_to(self, inspector):
        assert plan(inspector).status_code == 403


class TestSteps:
    def test_freeze_and_draw(self, quarter, manager, inspector):
        answered(quarter.a, 5)
        planned = plan_round(quarter)
        step = f"{ROUNDS}{planned.public_id}/actions"
        assert inspector.post(f"{step}/freeze/").status_code == 403
        assert manager.post(f"{step}/draw/").status_code == 409
        assert manager.post(f"{step}/burn/").status_code == 404
        assert manager.post(f"{step}/freeze/").json()["state"] == "frozen"
        drawn = manager.post(f"{step}/draw/").json()
        assert (drawn["state"], len(drawn["seed"]) > 0) == ("drawn", True)
        assert drawn["drawn"] == drawn["pending"] == SampleCase.objects.count()
        assert manager.post(f"{step}/report/").json()["code"] == "cases_still_pending"

    def test_there_is_no_report_before_the_draw(self, quarter, manager):
        planned = plan_round(quarter)
        assert manager.get(f"{ROUNDS}{planned.public_id}/report/").status_code == 404


class TestCases:
    @pytest.fixture
    def drawn(self, quarter):
        answered(quarter.a, 3)
        answered(quarter.b, 3)
        return drawn_round(quarter)

    def test_are_scored_until_the_report_is_final(self, drawn, manager, inspector):
        address = f"{ROUNDS}{drawn.public_id}"
        rows = inspector.get(f"{address}/cases/").json()["results"]
        assert [row["ordinal"] for row in rows] == list(range(1, len(rows) + 1))
        first, *others = rows
        case = f"/api/v1/quality/cases/{first['id']}"
        assert inspector.post(f"{case}/scores/", {"answers": {"made_up": "yes"}},
                              format="json").status_code == 400  # fmt: skip
        good = answers(drawn)
        scored = inspector.post(f"{case}/scores/", {"answers": good}, format="json")
        assert (scored.status_code, scored.json()["answered_well"]) == (200, True)
        again = inspector.post(f"{case}/scores/", {"answers": good}, format="json")
        assert (again.status_code, again.json()["code"]) == (409, "case_already_inspected")
        for row in others:
            absence = {"reason": "not_reached"}
            done = inspector.post(f"/api/v1/quality/cases/{row['id']}/absence/", absence)
            assert done.json()["state"] == "non_response"
        assert inspector.get(f"{address}/cases/", {"state": "pending"}).json()["results"] == []
        assert manager.get(f"{address}/report/").json()["final"] is False
        assert manager.post(f"{address}/actions/report/").json()["state"] == "reported"
        report = manager.get(f"{address}/report/").json()
        assert report["final"] is True
        assert report["non_response"]["not_reached"] == len(others)
        assert report["total"]["inspected"] == 1

    def test_who_may_not_inspect_scores_nothing(self, drawn, manager):
        case = SampleCase.objects.first()
        sent = manager.post(
            f"/api/v1/quality/cases/{case.public_id}/scores/",
            {"answers": answers(drawn)},
            format="json",
        )
        assert sent.status_code == 403

    def test_of_other_regions_are_not_there(self, quarter, drawn):
        """Both regions have cases; the inspector of one knows of theirs alone."""
        own = Caller()
        own.force_login(make_post("inspector", quarter.a).holder)
        rows = own.get(f"{ROUNDS}{drawn.public_id}/cases/").json()["results"]
        assert 0 < len(rows) < SampleCase.objects.count()
        known = {row["id"] for row in rows}
        other = SampleCase.objects.exclude(public_id__in=known).first()
        sent = own.post(f"/api/v1/quality/cases/{other.public_id}/absence/",
                        {"reason": "not_reached"})  # fmt: skip
        assert sent.status_code == 404

    def test_nothing_of_the_ticket_or_its_people_stands_in_the_list(self, drawn, inspector):
        text = inspector.get(f"{ROUNDS}{drawn.public_id}/cases/").content.decode()
        for member in drawn.members.all():
            assert str(member.ticket_public_id) not in text


def test_whoever_has_no_right_to_quality_sees_no_round(quarter):
    plan_round(quarter)
    steward = Caller()
    steward.force_login(make_post("steward", quarter.a).holder)
    assert steward.get(ROUNDS).status_code == 403
    assert steward.get(f"{ROUNDS}{Round.objects.get().public_id}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_many(quarter, manager, count, django_assert_num_queries):
    for _ in range(count):
        plan_round(quarter)
    with django_assert_num_queries(3):
        rows = manager.get(ROUNDS).json()["results"]
    assert len(rows) == count


@pytest.mark.parametrize("count", [1, 3])
def test_cases_cost_the_same_for_many(quarter, inspector, count, django_assert_num_queries):
    answered(quarter.a, count)
    drawn = drawn_round(quarter)
    with django_assert_num_queries(4):
        rows = inspector.get(f"{ROUNDS}{drawn.public_id}/cases/").json()["results"]
    assert len(rows) == count
