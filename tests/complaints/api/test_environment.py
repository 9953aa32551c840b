"""The environment channel of a community by API: open to anybody, and the work of staff on it."""

import itertools

import pytest

from complaints.enums import Channel
from complaints.models import PublicSummary, Ticket
from complaints.services import summaries
from core.clock import database_now
from tests.complaints.api.conftest import Caller, staff_caller
from tests.factories import make_person, make_ticket
from tests.reading import says

pytestmark = pytest.mark.django_db

_keys = itertools.count(1)


@pytest.fixture
def anybody():
    return Caller()


@pytest.fixture
def manager(company):
    return staff_caller(company.manager.holder)


def dust(company, **fields):
    values = {"category_code": "environment", "at": database_now(), **fields}
    return make_ticket(company, body="工地扬尘", **values)


@pytest.fixture
def ticket(company):
    person = make_person("钱先生", "13700002222", dwelling=company.dwelling)
    return dust(company, reporter_subject=person.subject_id)


def publish(ticket, company, raised="工地扬尘", done="已加盖防尘网"):
    at = database_now()
    written = summaries.write(
        ticket, raised=raised, done=done, actor=company.steward.holder.actor, at=at
    )
    return summaries.publish(written, actor=company.manager.holder.actor, at=at)


def channel(company):
    return f"/api/v1/communities/{company.community.code}/environment/"


def report(caller, company, key=None, **body):
    values = {"kind": "complaint", "body": "西门外扬尘", "place": "西门", **body}
    headers = {"Idempotency-Key": key or f"dust-{next(_keys)}"}
    return caller.post(f"{channel(company)}reports/", values, headers=headers)


class TestForAnybody:
    def test_figures_and_published_summaries_without_who_raised_them(
        self, anybody, company, ticket
    ):
        """Beside the published one lies what must not be told: a draft, another community's."""
        publish(ticket, company)
        hidden = dust(company)
        summaries.write(
            hidden, raised="未发布", done="无", actor=company.steward.holder.actor,
            at=database_now(),
        )  # fmt: skip
        far = dust(company, dwelling=None, unit=company.other_community)
        at = database_now()
        duty = company.duty.holder.actor
        elsewhere = summaries.write(
            far, raised="别处", done="无", actor=company.other_steward.holder.actor, at=at
        )
        summaries.publish(elsewhere, actor=duty, at=at)

        answer = anybody.get(channel(company))
        shown = answer.json()
        assert [row["done"] for row in shown["results"]] == ["已加盖防尘网"]
        assert set(shown["results"][0]) == {"raised", "done", "published_at"}
        assert (shown["figures"]["raised"], shown["figures"]["open"]) == (2, 2)
        assert shown["period"] == f"{database_now():%Y-%m}"
        text = answer.content.decode()
        for secret in (
            "未发布",
            "别处",
            "钱先生",
            ticket.reference,
            str(ticket.public_id),
            "1-101",
        ):
            assert not says(text, secret)

    def test_integrity_reports_do_not_count(self, anybody, company):
        make_ticket(company, kind="integrity", category_code="environment", at=database_now())
        assert anybody.get(channel(company)).json()["figures"]["raised"] == 0

    def test_a_region_or_nothing_has_no_channel(self, anybody, company):
        for code in (company.region.code, "nowhere"):
            assert anybody.get(f"/api/v1/communities/{code}/environment/").status_code == 404

    def test_is_paged(self, anybody, company):
        for number in range(3):
            publish(dust(company), company, done=f"第{number}件")
        first = anybody.get(channel(company), {"size": 2}).json()
        rest = anybody.get(channel(company), {"size": 2, "cursor": first["next"]}).json()
        said = [row["done"] for row in first["results"] + rest["results"]]
        assert said == ["第2件", "第1件", "第0件"]
        assert rest["next"] is None

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_many(self, anybody, company, count, django_assert_num_queries):
        for _ in range(count):
            publish(dust(company), company)
        with django_assert_num_queries(4):
            answer = anybody.get(channel(company))
        assert len(answer.json()["results"]) == count

    def test_a_report_is_taken_of_nobody_and_followed_by_its_code(self, anybody, company):
        answer = report(anybody, company)
        assert answer.status_code == 201
        taken = Ticket.objects.get()
        assert (taken.channel, taken.unit, taken.reporter.subject_id) == (
            Channel.WEB,
            company.community,
            None,
        )
        code = answer.json()["follow_up_code"]
        followed = anybody.post("/api/v1/integrity-reports/follow/", {"code": code})
        assert followed.json()["reference"] == taken.reference

    def test_the_same_key_reports_once(self, anybody, company):
        numbers = {report(anybody, company, "same").json()["reference"] for _ in range(2)}
        assert len(numbers) == Ticket.objects.count() == 1

    def test_a_key_is_needed_and_a_wrong_field_is_named(self, anybody, company):
        bare = anybody.post(f"{channel(company)}reports/", {"kind": "complaint", "body": "尘"})
        assert bare.status_code == 400
        refused = report(anybody, company, kind="repair")
        assert [each["field"] for each in refused.json()["errors"]] == ["kind"]
        assert not Ticket.objects.exists()


class TestForStaff:
    def test_figures_are_of_communities_in_scope(self, company, manager, ticket):
        dust(company, dwelling=None, unit=company.far_community)
        rows = manager.get("/api/v1/environment/figures/").json()["results"]
        assert [(row["unit"], row["raised"]) for row in rows] == [(company.community.code, 1)]
        duty = staff_caller(company.duty.holder)
        found = duty.get("/api/v1/environment/figures/").json()["results"]
        assert {row["unit"]: row["raised"] for row in found} == {
            company.community.code: 1,
            company.other_community.code: 0,
            company.far_community.code: 1,
        }
        past = duty.get("/api/v1/environment/figures/", {"period": "2020-1q"}).json()
        assert (past["period"], {row["raised"] for row in past["results"]}) == ("2020-1q", {0})
        assert duty.get("/api/v1/environment/figures/", {"period": "soon"}).status_code == 400

    def test_a_summary_is_written_then_published_by_somebody_else(
        self, company, steward, manager, ticket, anybody
    ):
        address = f"/api/v1/tickets/{ticket.public_id}/public-summary/"
        written = steward.put(address, {"raised": "工地扬尘", "done": "已加盖防尘网"})
        assert (written.status_code, written.json()["published_at"]) == (200, None)
        step = f"/api/v1/environment/summaries/{written.json()['id']}/actions"
        assert steward.post(f"{step}/publish/").status_code == 403
        waiting = manager.get("/api/v1/environment/summaries/", {"published": "false"}).json()
        assert [row["reference"] for row in waiting["results"]] == [ticket.reference]
        done = manager.post(f"{step}/publish/")
        assert done.json()["published_by"] == company.manager.holder.name
        assert manager.post(f"{step}/publish/").status_code == 409
        assert len(anybody.get(channel(company)).json()["results"]) == 1
        assert manager.post(f"{step}/take_back/").json()["published_at"] is None
        assert anybody.get(channel(company)).json()["results"] == []
        assert manager.post(f"{step}/burn/").status_code == 404

    def test_the_reporter_in_it_is_refused_beside_the_field(self, steward, ticket):
        address = f"/api/v1/tickets/{ticket.public_id}/public-summary/"
        refused = steward.put(address, {"raised": "钱先生说扬尘", "done": "已加盖"})
        assert refused.status_code == 400
        assert [each["field"] for each in refused.json()["errors"]] == ["raised"]
        assert not PublicSummary.objects.exists()

    def test_out_of_scope_there_is_none(self, company, ticket):
        summary = publish(ticket, company)
        stranger = staff_caller(company.other_manager.holder)
        assert stranger.get("/api/v1/environment/summaries/").json()["results"] == []
        step = f"/api/v1/environment/summaries/{summary.public_id}/actions/take_back/"
        assert stranger.post(step).status_code == 404
        address = f"/api/v1/tickets/{ticket.public_id}/public-summary/"
        assert stranger.put(address, {"raised": "一", "done": "二"}).status_code == 404

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_for_many(
        self, company, manager, count, django_assert_num_queries
    ):
        for _ in range(count):
            publish(dust(company), company)
        with django_assert_num_queries(3):
            answer = manager.get("/api/v1/environment/summaries/")
        assert len(answer.json()["results"]) == count
