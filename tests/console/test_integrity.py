"""What the discipline inspection sees of a report, and what it says before it sees who spoke."""

import pytest

from complaints.models import TicketParty
from privacy.vault.models import RevealLog
from tests.console.conftest import Browser
from tests.factories import make_ticket
from tests.reading import says

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspector(people):
    return Browser(people.discipline_inspector)


@pytest.fixture
def report(company, inspector, caller):
    return make_ticket(
        company,
        kind="integrity",
        category_code="integrity",
        body="收受回扣",
        reporter_subject=caller.subject_id,
    )


def page_of(ticket, verb=""):
    return f"/console/tickets/{ticket.public_id}/" + (f"{verb}/" if verb else "")


def test_who_reported_is_masked_until_a_reason_is_logged(inspector, report):
    page = inspector.open(page_of(report))
    assert "收受回扣" in page
    for clear in ("周敏", "13812345678", "138 1234 5678", "1-101"):
        assert not says(page.text, clear)
    assert not RevealLog.objects.exists()
    shown = inspector.send(page_of(report, "reveal"), which="name", reason="integrity_case")
    assert "周敏" in shown
    entry = RevealLog.objects.get()
    assert entry.reason_code == "integrity_case"
    assert "周敏" not in inspector.open(page_of(report))


def test_without_a_reason_nothing_is_shown(inspector, report):
    shown = inspector.send(page_of(report, "reveal"), which="name", reason="")
    assert shown.status == 422
    assert "周敏" not in shown
    assert not RevealLog.objects.exists()


def test_who_took_it_in_cannot_reveal_it(agent, report):
    answer = agent.send(page_of(report, "reveal"), which="name", reason="integrity_case")
    assert answer.status == 404
    assert not RevealLog.objects.exists()


def test_the_inspector_names_whom_it_is_about(inspector, report, company):
    form = inspector.open(page_of(report, "name"))
    assert "涉及员工姓名" in form
    name = company.manager.holder.name
    inspector.send(page_of(report, "name"), text=name, version=report.version)
    assert TicketParty.objects.get().staff == company.manager.holder


def test_a_name_nobody_has_is_told_beside_the_field(inspector, report):
    answer = inspector.send(page_of(report, "name"), text="没有此人", version=report.version)
    assert answer.status == 422
    assert "没有叫“没有此人”的员工" in answer
    assert 'value="没有此人"' in answer


def test_the_ladder_of_other_roles_is_not_drawn(inspector, report):
    assert "升级路径" not in inspector.open(page_of(report))


class TestDoorsOfOthers:
    """The report is of a known caller, about their own home: every door could show it."""

    @pytest.fixture
    def ordinary(self, company, caller):
        return make_ticket(company, reporter_subject=caller.subject_id)

    def test_the_workbench_neither_lists_counts_nor_finds_it(self, agent, report, ordinary):
        everything = agent.open("/console/workbench/", show="all")
        assert "收受回扣" not in everything
        assert "共 1 件" in everything
        for typed in (report.reference, "收受回扣"):
            found = agent.open("/console/workbench/", show="all", q=typed)
            assert "收受回扣</a>" not in found
            assert f"/console/tickets/{report.public_id}/" not in found

    def test_the_caller_s_card_does_not_show_it(self, agent, report, ordinary):
        card = agent.send("/console/workbench/find/", q="13812345678")
        assert "周敏" in card
        assert f"/console/tickets/{report.public_id}/" not in card
        assert "收受回扣" not in card

    def test_nor_is_it_offered_as_the_same_matter(self, agent, report, company):
        needs = agent.send(
            "/console/workbench/needs/",
            kind="complaint", category="integrity", community="X1", building="1 栋", room="1-101",
        )  # fmt: skip
        assert "可能已经有人报过" not in needs

    def test_the_api_lists_and_opens_nothing(self, agent, report, ordinary):
        listed = agent.get("/api/v1/tickets/").json()["results"]
        assert [row["reference"] for row in listed] == [ordinary.reference]
        for part in ("", "timeline/"):
            answer = agent.get(f"/api/v1/tickets/{report.public_id}/{part}")
            assert answer.status_code == 404
