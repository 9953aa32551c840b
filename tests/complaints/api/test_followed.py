"""Who reported what was merged reads by API how the matter goes, and nothing of whose it is now."""

import pytest

from complaints.enums import EventKind, Protection, State
from complaints.models import Ticket
from complaints.services import follow_up, lifecycle, merging, open_reports, timeline
from complaints.services.open_reports import OpenReport
from core.actors import SYSTEM, Actor
from core.clock import database_now
from tests.complaints.api.conftest import staff_caller
from tests.complaints.conftest import bring_to
from tests.factories import make_person, make_post, make_ticket
from tests.reading import says

pytestmark = pytest.mark.django_db

FOLLOW = "/api/v1/integrity-reports/follow/"
#: what stands on the main ticket and is somebody else's
SECRETS = ("钱先生", "13700002222", "301", "不满意的话", "内部")


@pytest.fixture
def somebody(company):
    return make_person("钱先生", "13700002222")


@pytest.fixture
def main(company, somebody):
    return make_ticket(
        company, reporter_subject=somebody.subject_id, body="钱先生家 301 室漏水",
        protection=Protection.PROTECTED, at=database_now(),
    )  # fmt: skip


def merge(ticket, main, company):
    return merging.merge(
        ticket, other=main, actor=Actor.staff(company.manager.holder_id), at=database_now()
    )


@pytest.fixture
def merged(company, main, resident):
    mine = make_ticket(company, reporter_subject=resident.person.subject_id, at=database_now())
    return merge(mine, main, company)


def go_on(main, somebody):
    """Everything that could leak: the other one's words, rating and name, and internal notes."""
    neighbour = Actor.reporter(somebody.subject_id)
    timeline.add(main, actor=neighbour, text="钱先生 13700002222 又漏了", at=database_now())
    timeline.note(main, actor=SYSTEM, text="内部：钱先生脾气大", at=database_now())
    for verb in (lifecycle.accept, lifecycle.start):
        verb(main, actor=SYSTEM, at=database_now())
    timeline.reply(main, actor=SYSTEM, text="钱先生您好，301 室已查", at=database_now())
    lifecycle.resolve(main, actor=SYSTEM, reply="301 室已修好", at=database_now())
    timeline.rate(
        main, actor=neighbour, handling=1, outcome=2, comment="不满意的话", at=database_now()
    )


def address(ticket, inner=""):
    return f"/api/v1/tickets/{ticket.public_id}/{inner}"


def test_the_timeline_tells_what_happened_and_when(main, merged, somebody, resident):
    go_on(main, somebody)
    answer = resident.get(address(merged, "timeline/"))
    kinds = [each["kind"] for each in answer.json()["followed"]]
    assert kinds == ["accepted", "started", "replied", "resolved"]
    assert {frozenset(each) for each in answer.json()["followed"]} == {frozenset({"kind", "at"})}
    text = answer.content.decode()
    for secret in (*SECRETS, main.reference, str(main.public_id), str(somebody.subject_id)):
        assert not says(text, secret)
    assert EventKind.RATED not in kinds


def test_the_main_ticket_itself_stays_out_of_reach(main, merged, resident):
    for inner in ("", "timeline/", "links/", "repeats/", "group/"):
        assert resident.get(address(main, inner)).status_code == 404
    assert resident.get(address(merged, "links/")).json()["results"] == []


def test_what_was_before_the_merge_is_not_told(company, main, resident, somebody):
    timeline.reply(main, actor=SYSTEM, text="先前的答复", at=database_now())
    mine = make_ticket(company, reporter_subject=resident.person.subject_id, at=database_now())
    merged = merge(mine, main, company)
    assert resident.get(address(merged, "timeline/")).json()["followed"] == []


def test_a_ticket_that_goes_on_by_itself_follows_nothing(company, main, merged, resident):
    timeline.reply(main, actor=SYSTEM, text="看过了", at=database_now())
    merging.unmerge(merged, actor=Actor.staff(company.manager.holder_id), at=database_now())
    assert resident.get(address(merged, "timeline/")).json()["followed"] == []


def test_it_is_among_what_goes_on_until_the_matter_ends(company, main, merged, resident):
    def listed(**query):
        return [row["id"] for row in resident.get("/api/v1/tickets/", query).json()["results"]]

    assert listed(open="true") == [str(merged.public_id)]
    bring_to(State.RESOLVED, main)
    closer = make_post("hotline_supervisor", company.group)
    lifecycle.close(main, actor=Actor.staff(closer.holder_id), at=database_now())
    assert listed(open="true") == []
    assert listed() == [str(merged.public_id)]


def test_staff_are_told_nothing_here_of_a_ticket_that_names_them(company, main, merged, steward):
    """Whoever may know of the other ticket opens it; for the others its progress is not there."""
    timeline.reply(main, actor=SYSTEM, text="看过了", at=database_now())
    assert steward.get(address(merged, "timeline/")).json()["followed"] == []
    manager = staff_caller(company.manager.holder)
    (link,) = manager.get(address(merged, "links/")).json()["results"]
    assert link["reference"] == main.reference


class TestByCode:
    @pytest.fixture
    def followed(self, company, somebody):
        told = OpenReport(company.community, "complaint", "西门外扬尘", "西门")
        mine = open_reports.report(told, at=database_now())
        main = make_ticket(
            company, category_code="environment", dwelling=None, unit=company.community,
            reporter_subject=somebody.subject_id, body="钱先生家 301 室", at=database_now(),
        )  # fmt: skip
        code = follow_up.issue(mine, at=database_now())
        merge(Ticket.objects.for_acting().get(pk=mine.pk), main, company)
        go_on(main, somebody)
        return main, code

    def test_the_api_tells_the_same(self, client, followed):
        main, code = followed
        answer = client.post(FOLLOW, {"code": code}, content_type="application/json")
        shown = answer.json()
        assert (shown["state"], [each["kind"] for each in shown["followed"]]) == (
            "merged",
            ["accepted", "started", "replied", "resolved"],
        )
        text = answer.content.decode()
        for secret in (*SECRETS, main.reference, str(main.public_id)):
            assert not says(text, secret)

    def test_and_so_does_the_page(self, client, followed):
        main, code = followed
        page = client.post("/follow/", {"code": code}).content.decode()
        assert "合并处理的事项：已处理" in page
        for secret in (*SECRETS, main.reference, str(main.public_id)):
            assert not says(page.replace(" ", ""), secret)
