"""What the discipline inspection sees of a report, and what it says before it sees who spoke."""

import pytest

from complaints.models import TicketParty
from privacy.vault.models import RevealLog
from tests.console.conftest import Browser
from tests.factories import make_ticket

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
        assert clear not in page
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
    assert "被举报人姓名" in form
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
