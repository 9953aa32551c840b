"""Who writes of danger on a page for anybody is told whom to call, with script and without."""

from __future__ import annotations

import re
import uuid

import pytest

from complaints.models import Ticket
from core.models import LimitWindow
from tests.factories import make_post

pytestmark = pytest.mark.django_db

ENVIRONMENT, INTEGRITY, FOLLOW = "/community/X1/environment/report/", "/integrity/", "/follow/"
ASKED = "/follow/danger/"
ACUTE, GRAVE, CALM = "电梯困人了，里面有老人", "楼道电线裸露", "西门外工地扬尘"
NUMBERS = ("tel:119", "tel:120", "tel:110")
CODE = r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}"


@pytest.fixture(autouse=True)
def hotline(company, settings):
    settings.HOTLINE_NUMBER = "400 888 1001"
    make_post("discipline_inspector", company.group)


@pytest.fixture
def report(client, company):
    said = {
        ENVIRONMENT: {"kind": "complaint"},
        INTEGRITY: {"unit": company.region.pk, "about": "项目经理"},
    }

    def send(address, body, **more):
        key = str(uuid.uuid4())
        answer = client.post(
            address, {**said[address], "body": body, "idempotency_key": key, **more}
        )
        return answer.status_code, answer.content.decode()

    return send


def tells(page):
    """Whether the numbers are in sight."""
    in_sight = re.sub(
        r"<div[^>]*data-danger hidden>.*?</div>\s*</div>\s*</div>", "", page, flags=re.DOTALL
    )
    return [number for number in NUMBERS if f'href="{number}"' in in_sight]


@pytest.mark.parametrize("field", ["about", "body", "text"])
def test_what_is_typed_is_answered_with_a_yes_or_a_no_and_kept_nowhere(client, field):
    for words, status in ((ACUTE, 200), (GRAVE, 200), (CALM, 204), ("", 204)):
        answer = client.post(ASKED, {field: words})
        assert (answer.status_code, answer.content) == (status, b"")
        assert not answer.cookies
    assert client.get(ASKED).status_code == 405
    assert not LimitWindow.objects.exists()
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("address", [ENVIRONMENT, INTEGRITY])
def test_the_page_holds_the_hint_until_words_call_for_it(client, address):
    page = client.get(address).content.decode()
    assert f'data-danger-at="{ASKED}"' in page
    assert "ui/js/danger.js" in page
    assert "data-danger hidden>" in page
    hint = page.split("data-danger hidden>")[1]
    assert hint.index("tel:4008881001") < hint.index("tel:119")
    assert tells(page) == []


@pytest.mark.parametrize("address", [ENVIRONMENT, INTEGRITY])
@pytest.mark.parametrize(("words", "numbers"), [(ACUTE, NUMBERS), (GRAVE, NUMBERS), (CALM, ())])
def test_without_script_the_answer_after_sending_names_the_numbers(report, address, words, numbers):
    status, page = report(address, words)
    assert status == 200
    assert tells(page) == list(numbers)


def test_a_form_that_comes_back_names_them_at_once(report):
    status, page = report(ENVIRONMENT, ACUTE, kind="no such kind")
    assert status == 422
    assert tells(page) == list(NUMBERS)
    assert ACUTE in page


@pytest.mark.parametrize("address", [ENVIRONMENT, INTEGRITY])
def test_what_is_added_is_read_as_well(client, report, address):
    code = re.search(CODE, report(address, CALM)[1]).group()
    page = client.post(FOLLOW, {"code": code}).content.decode()
    assert f'data-danger-at="{ASKED}"' in page
    assert tells(page) == []
    more = {"code": code, "idempotency_key": str(uuid.uuid4())}
    assert tells(client.post(FOLLOW, {**more, "text": CALM}).content.decode()) == []
    more = {"code": code, "idempotency_key": str(uuid.uuid4())}
    assert tells(client.post(FOLLOW, {**more, "text": "现在漏煤气了"}).content.decode()) == list(
        NUMBERS
    )


def test_a_resident_s_form_that_comes_back_names_them_too(company, resident):
    said = {
        "place": "building", "home": str(company.dwelling.public_id), "step": "say",
        "body": ACUTE, "draft": "no draft", "idempotency_key": str(uuid.uuid4()),
    }  # fmt: skip
    answer = resident.post("/report/complaint/lifts/", said)
    assert answer.status_code == 422
    assert tells(answer.content.decode()) == list(NUMBERS)
