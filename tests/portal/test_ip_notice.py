"""The public form of notices about intellectual property."""

import pytest

from complaints.models import IpNotice, Ticket
from tests.factories import make_post

pytestmark = pytest.mark.django_db

PAGE = "/intellectual-property/"
SAID = {
    "right_kind": "trademark",
    "right": "江岸图形商标 12345",
    "holder": "林一舟",
    "contact": "13911112222",
    "location": "小区北门广告牌",
    "body": "未经许可使用",
    "in_good_faith": "on",
}


@pytest.fixture(autouse=True)
def counsel(company):
    return make_post("legal_counsel", company.group)


def test_a_notice_becomes_a_ticket_with_a_code(client):
    page = client.post(PAGE, SAID)
    assert page.status_code == 200
    assert "您的查询码" in page.content.decode()
    assert Ticket.objects.get().ip_notice.right == SAID["right"]


def test_a_mailbox_is_enough(client):
    assert client.post(PAGE, {**SAID, "contact": "lin@example.com"}).status_code == 200
    assert IpNotice.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"in_good_faith": ""}, "请确认声明属实"),
        ({"contact": "12"}, "field__error"),
        ({"contact": "lin@nowhere"}, "邮箱地址不正确"),
        ({"location": ""}, "field__error"),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(client, fields, words):
    page = client.post(PAGE, {**SAID, **fields})
    text = page.content.decode()
    assert page.status_code == 422
    assert words in text
    assert 'value="林一舟"' in text
    assert not IpNotice.objects.exists()
