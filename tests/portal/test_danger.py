"""Whoever reports a danger to life is told whom to call, and is not made to wait."""

from __future__ import annotations

import uuid

import pytest

from complaints.enums import EventKind
from complaints.models import Ticket
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db

LIFTS = "/report/complaint/lifts/"
ACUTE, GRAVE, CALM = "电梯困人了，里面有老人", "楼道电线裸露", "电梯按钮不亮"
NUMBERS = ("tel:119", "tel:120", "tel:110")


@pytest.fixture
def report(company, resident):
    def send(body, address=LIFTS):
        said = {
            "place": "building", "home": str(company.dwelling.public_id), "step": "say",
            "body": body, "idempotency_key": str(uuid.uuid4()),
        }  # fmt: skip
        return resident.post(address, said)

    return send


def test_what_is_typed_is_answered_with_a_yes_or_a_no_and_nothing_else(resident):
    asked = "/report/complaint/danger/"
    for body, status in ((ACUTE, 200), (GRAVE, 200), (CALM, 204), ("", 204)):
        answer = resident.post(asked, {"body": body})
        assert (answer.status_code, answer.content) == (status, b"")
    assert resident.post("/report/praise/danger/", {"body": ACUTE}).status_code == 204
    assert resident.get(asked).status_code == 405
    assert not Ticket.objects.exists()


def test_the_page_holds_the_hint_until_words_call_for_it(company, resident, settings):
    settings.HOTLINE_NUMBER = "400 888 1001"
    page = resident.post(
        LIFTS, {"step": "where", "place": "building", "home": str(company.dwelling.public_id)}
    ).content.decode()
    assert 'data-danger-at="/report/complaint/danger/"' in page
    hint = page.split("data-danger hidden>")[1].split("</div>\n")[0]
    for number in (*NUMBERS, "tel:4008881001"):
        assert f'href="{number}"' in hint


def test_without_script_the_answer_after_sending_names_the_numbers(report, resident):
    sent = report(GRAVE)
    assert sent.url.endswith("/sent/?danger")
    page = resident.get(sent.url).content.decode()
    assert all(f'href="{number}"' in page for number in NUMBERS)
    assert Ticket.objects.get().severity == "urgent"


def test_acute_danger_is_a_matter_of_safety_whatever_the_category_says(report, resident):
    sent = report(ACUTE)
    ticket = Ticket.objects.get()
    assert (ticket.severity, ticket.policy.code) == ("safety", "safety")
    assert 'href="tel:120"' in resident.get(sent.url).content.decode()
    page = resident.get(f"/tickets/{ticket.public_id}/").content.decode()
    assert "系统先按安全级别办理" not in page  # how we judge it is ours


def test_an_ordinary_report_is_answered_without_any_alarm(report, resident):
    sent = report(CALM)
    assert sent.url.endswith("/sent/")
    assert "tel:119" not in resident.get(sent.url).content.decode()


def test_what_is_added_to_a_report_raises_it_too(company, person, resident):
    ticket = make_ticket(company, reporter_subject=person.subject_id)
    address = f"/tickets/{ticket.public_id}/do/add/"
    assert "data-danger-at" in resident.get(address).content.decode()
    resident.post(address, {"text": "现在漏煤气了", "idempotency_key": str(uuid.uuid4())})
    ticket.refresh_from_db()
    assert ticket.severity == "safety"
    assert ticket.events.get(kind=EventKind.GRADED).reason_code == "words"
