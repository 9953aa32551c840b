"""Legal sees the right and its holder under a mask, and does the steps from the ticket."""

import pytest

from complaints.enums import State
from complaints.models import Ticket
from complaints.services import ip_notices
from complaints.services.ip_notices import NewNotice
from core.clock import database_now
from privacy.vault.models import RevealLog
from tests.complaints.conftest import bring_to
from tests.console.conftest import Browser
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def legal(company):
    return Browser(make_post("legal_counsel", company.group).holder)


@pytest.fixture
def taken(company, legal):
    told = NewNotice(
        "copyright", "摄影作品", "林一舟", "13911112222", "北门", "未经许可使用", in_good_faith=True
    )
    return ip_notices.take(told, at=database_now())


def page_of(ticket, verb=""):
    return f"/console/tickets/{ticket.public_id}/" + (f"{verb}/" if verb else "")


def test_the_holder_is_masked_until_a_reason_is_logged(legal, taken):
    page = legal.open(page_of(taken))
    assert "摄影作品" in page
    assert "139****2222" in page
    for clear in ("林一舟", "13911112222", "139 1111 2222"):
        assert clear not in page
    assert "林一舟" in legal.send(page_of(taken, "reveal"), which="ipn", reason="call_back")
    assert "139 1111 2222" in legal.send(page_of(taken, "reveal"), which="ipc", reason="call_back")
    assert RevealLog.objects.count() == 2


def test_a_mailbox_is_shown_in_the_same_way(legal):
    told = NewNotice(
        "copyright", "摄影作品", "林一舟", "lin@example.com", "北门", "未经许可", in_good_faith=True
    )
    taken = ip_notices.take(told, at=database_now())
    page = legal.open(page_of(taken))
    assert "l***@example.com" in page
    assert "lin@example.com" not in page
    assert "lin@example.com" in legal.send(
        page_of(taken, "reveal"), which="ipc", reason="call_back"
    )


def test_of_another_ticket_there_is_no_holder(agent, ticket):
    answer = agent.send(page_of(ticket, "reveal"), which="ipn", reason="call_back")
    assert answer.status == 404
    assert not RevealLog.objects.exists()


def test_forwarded_countered_and_decided_from_the_page(legal, taken):
    working = bring_to(State.IN_PROGRESS, taken, at=database_now())
    legal.send(page_of(taken, "forward"), text="已转送", version=working.version)
    legal.send(page_of(taken, "counter"), text="有授权书", version=working.version + 1)
    early = {"reason_code": "not_upheld", "text": "有授权", "version": working.version + 2}
    refused = legal.send(page_of(taken, "decide"), **early)
    assert refused.status == 422
    assert "在此之前不能作这个决定" in refused
    legal.send(page_of(taken, "decide"), **{**early, "reason_code": "before_court"})
    assert Ticket.objects.get().state == State.RESOLVED
