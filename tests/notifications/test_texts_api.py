"""The words of messages over the API: read, previewed, written in versions and put back."""

import pytest

from notifications.models import WordingVersion
from privacy.vault.enums import LedgerKind
from privacy.vault.models import LedgerEntry
from tests.factories import machine_caller, make_machine_key, make_post
from tests.notifications.test_api import caller_of

pytestmark = pytest.mark.django_db

TEXTS = "/api/v1/messages/texts/"
ASSIGNED = f"{TEXTS}ticket_assigned/post/zh-hans/"
MINE = "请尽快处理工单 {reference}。"


@pytest.fixture
def administrator(company):
    return caller_of(make_post("administrator", company.group).holder)


def whole(client, **changes):
    return {each["part"]: each["text"] for each in client.get(ASSIGNED).json()["parts"]} | changes


def seen(version=None):
    return {"If-Match": f'"{WordingVersion.objects.count() if version is None else version}"'}


def fields(answer):
    return [each["field"] for each in answer.json()["errors"]]


def test_all_messages_are_named(administrator):
    rows = administrator.get(TEXTS).json()
    [row] = [row for row in rows if (row["code"], row["audience"]) == ("ticket_assigned", "post")]
    assert "sentence" in row["parts"]
    assert row["own"] == []


def test_a_message_is_written_part_by_part_and_put_back(administrator):
    shown = administrator.get(ASSIGNED)
    assert shown.headers["ETag"] == '"0"'
    assert "{reference}" in shown.json()["parts"][0]["text"]
    body = whole(administrator, sentence=MINE)
    preview = administrator.post(f"{ASSIGNED}preview/", body).json()
    assert preview["parts"]["sentence"].startswith("请尽快处理工单 ")
    assert "{" not in preview["parts"]["sentence"]
    assert not WordingVersion.objects.exists()
    written = administrator.put(ASSIGNED, body, headers=seen()).json()
    assert (written["version"], written["parts"][0]["own"]) == (1, True)
    assert written["parts"][0]["text"] == MINE
    assert [each["text"] for each in written["history"]] == [MINE]
    back = {"part": "sentence", "version": 0}
    reverted = administrator.post(f"{ASSIGNED}revert/", back, headers=seen()).json()
    assert (reverted["version"], reverted["parts"][0]["own"]) == (2, False)
    assert LedgerEntry.objects.filter(kind=LedgerKind.WORDING_CHANGED).count() == 2


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sentence": "没有单号"}, "sentence"),
        ({"sentence": ""}, "sentence"),
        ({"sentence": "{reference} {nonsense}"}, "sentence"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_text_that_cannot_be_is_named(administrator, changes, named):
    body = whole(administrator, **changes)
    for answer in (
        administrator.post(f"{ASSIGNED}preview/", body),
        administrator.put(ASSIGNED, body, headers=seen()),
    ):
        assert (answer.status_code, set(fields(answer))) == (400, {named})
    assert not WordingVersion.objects.exists()


def test_a_part_that_the_message_has_not_is_named(administrator):
    there = f"{TEXTS}ticket_received/reporter/zh-hans/"
    parts = [each["part"] for each in administrator.get(there).json()["parts"]]
    assert "robot" not in parts
    answer = administrator.post(f"{there}preview/", {"robot": MINE})
    assert fields(answer) == ["robot"]


def test_of_two_editors_the_second_is_told(administrator):
    first = seen()
    administrator.put(ASSIGNED, whole(administrator, sentence=MINE), headers=first)
    other = whole(administrator, sentence="工单 {reference} 等您处理。")
    late = administrator.put(ASSIGNED, other, headers=first)
    assert (late.status_code, late.json()["code"]) == (412, "wording_changed")
    assert (late.json()["version"], fields(late)) == (1, ["sentence"])
    back = {"part": "sentence", "version": 0}
    assert administrator.post(f"{ASSIGNED}revert/", back, headers=first).status_code == 412
    assert administrator.put(ASSIGNED, other).status_code == 428
    assert WordingVersion.objects.count() == 1


def test_what_is_not_there_is_404(administrator):
    for there in ("nothing/post/zh-hans/", "ticket_assigned/post/fr/", "ticket_assigned/x/en/"):
        assert administrator.get(TEXTS + there).status_code == 404
    back = {"part": "sentence", "version": 9}
    assert administrator.post(f"{ASSIGNED}revert/", back, headers=seen()).status_code == 404


def test_others_may_not(company):
    machine = machine_caller(make_machine_key("tickets.view"))
    for caller in (caller_of(company.steward.holder), machine):
        assert caller.get(TEXTS).status_code == 403
        assert caller.get(ASSIGNED).status_code == 403
        assert caller.put(ASSIGNED, {}, headers=seen()).status_code == 403
        assert caller.post(f"{ASSIGNED}revert/", {}, headers=seen()).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_reading_costs_the_same_for_many_versions(administrator, count, django_assert_num_queries):
    for number in range(count):
        text = f"{MINE}{number}"
        administrator.put(ASSIGNED, whole(administrator, sentence=text), headers=seen())
    with django_assert_num_queries(5):
        assert len(administrator.get(ASSIGNED).json()["history"]) == count
    with django_assert_num_queries(3):
        administrator.get(TEXTS)
