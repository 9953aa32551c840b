"""Chinese text is found by pairs of characters, within what the searcher may read."""

import pytest
from django.db import connection

from complaints import word_search
from complaints.models import TextEntry, Ticket
from core.actors import SYSTEM
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

BODIES = {
    "lift": "三号楼电梯故障，困人十分钟",
    "stairs": "楼梯灯不亮，电表箱有梯故意放着障碍",
    "card": "门禁卡 B12 失效",
    "leak": "厨房漏水，ABC物业未处理",
}


@pytest.fixture
def tickets(company):
    return {name: make_ticket(company, body=body) for name, body in BODIES.items()}


@pytest.fixture(params=["rare", "common", "too many"])
def road(request, monkeypatch):
    """Both ways to the tickets of a word must come out alike."""
    changes = {"rare": {}, "common": {"COMMON": 1}, "too many": {"MOST_NAMED": 0}}
    for name, value in changes[request.param].items():
        monkeypatch.setattr(word_search, name, value)


def found(tickets, typed):
    rows = Ticket.objects.visible_to(SYSTEM).matching(typed, SYSTEM)
    by_pk = {ticket.pk: name for name, ticket in tickets.items()}
    return {by_pk[row.pk] for row in rows}


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("电梯", {"lift"}),
        ("故障", {"lift"}),
        # its pairs 电梯, 梯故, 故障 stand in no other text next to each other
        ("电梯故障", {"lift"}),
        ("电梯 困人", {"lift"}),
        ("困人 漏水", set()),
        ("障", {"lift", "stairs"}),
        ("b12", {"card"}),
        ("Ｂ１２", {"card"}),
        ("b1", {"card"}),
        ("abc 漏水", {"leak"}),
        ("不存在的词", set()),
        ("", set()),
        ("！？ ", set()),
        ("'; DROP TABLE x; --", set()),
        ("& | ! ( ) :* <->", set()),
    ],
)
def test_what_is_typed_finds(tickets, road, typed, names):
    assert found(tickets, typed) == names


def test_a_long_run_whose_pairs_stand_apart_is_not_found(company, road):
    """电梯 and 梯故 and 故障 all occur, 电梯故障 does not."""
    make_ticket(company, body="电梯很慢；人字梯故意放；故障频发")
    assert not Ticket.objects.matching("电梯故障", SYSTEM).exists()


def test_scope_comes_first(tickets, road, staff):
    assert Ticket.objects.visible_to(staff.steward).matching("电梯", staff.steward).count() == 1
    far = Ticket.objects.visible_to(staff.far_steward)
    assert not far.matching("电梯", staff.far_steward).exists()


def test_a_text_that_was_erased_is_not_found(tickets):
    TextEntry.objects.filter(ticket=tickets["lift"]).update(
        body="", tokens=None, erased_at=A_MORNING
    )
    assert found(tickets, "电梯") == set()


def test_the_words_are_asked_of_the_index(tickets):
    """With sequential scans off there is a plan by the GIN index: the query can use it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "texts_by_token" in TextEntry.objects.containing("电梯").explain()


def test_common_words_are_not_listed(company):
    for _ in range(5):  # two texts each: the body, and the summary made of it
        make_ticket(company, body="电梯故障")
    leak = make_ticket(company, body="漏水")
    assert word_search.tickets_of_rare_words("'电梯'") is None
    # once, however many of its texts have the word
    assert word_search.tickets_of_rare_words("'漏水'") == f"{{{leak.pk}}}"
    assert word_search.tickets_of_rare_words("'不在'") == "{}"
