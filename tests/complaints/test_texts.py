"""Numbers that belong to somebody are masked in what is stored and lie under the reporter's key."""

import pytest
from django.db import IntegrityError, connection, transaction

from complaints.enums import FragmentKind, TextRole
from complaints.models import SealedFragment, TextEntry
from complaints.services import timeline
from complaints.services.texts import SEALED_FRAGMENT, clean
from core.actors import ActorKind
from core.errors import InvalidInput
from privacy.vault.services import sealing
from tests.complaints.conftest import minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

PHONE = "13987654321"
IDENTITY = "11010519491231002X"
CARD = "6222021234567890128"
LATER = A_MORNING + minutes(5)


def luhn_valid(digits):
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


@pytest.fixture
def with_numbers(company, resident):
    body = f"我的电话{PHONE}，身份证{IDENTITY}，请尽快联系"
    return make_ticket(
        company, body=body, summary="漏水", reporter_subject=resident.subject_id, place=PHONE
    )


def test_the_stored_text_shows_them_masked(with_numbers):
    body = with_numbers.texts.get(role=TextRole.BODY).body
    assert body == "我的电话139****4321，身份证1****************X，请尽快联系"
    assert with_numbers.texts.get(role=TextRole.PLACE).body == "139****4321"


def test_the_digits_open_with_the_reporter_s_key(with_numbers, resident):
    entry = with_numbers.texts.get(role=TextRole.BODY)
    fragments = entry.fragments.order_by("ordinal")
    assert [(f.ordinal, f.kind, f.subject_id) for f in fragments] == [
        (0, FragmentKind.PHONE, resident.subject_id),
        (1, FragmentKind.IDENTITY, resident.subject_id),
    ]
    opened = [sealing.reveal(f.subject_id, SEALED_FRAGMENT, f.sealed) for f in fragments]
    assert opened == [PHONE, IDENTITY]


def test_no_table_holds_them_in_clear(with_numbers):
    """Every table of the main database, each row written out as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*) FROM {quoted} t WHERE t::text ~ %s",
                [f"{PHONE}|{IDENTITY}|{PHONE.encode().hex()}"],
            )
            assert cursor.fetchone() == (0,), table


def test_nor_is_the_ticket_found_by_them(with_numbers):
    assert not TextEntry.objects.containing(PHONE).exists()
    assert TextEntry.objects.containing("身份证").count() == 1


def test_without_a_reporter_there_is_no_key_and_they_are_not_kept(company):
    ticket = make_ticket(company, body=f"电话{PHONE}")
    assert ticket.texts.get(role=TextRole.BODY).body == "电话139****4321"
    assert not SealedFragment.objects.exists()


def test_every_later_text_is_treated_alike(ticket, staff, resident):
    timeline.note(ticket, actor=staff.steward, text=f"住户另一电话{PHONE}", at=LATER)
    timeline.add(ticket, actor=resident, text=f"卡号{CARD}", at=LATER)
    assert luhn_valid(CARD)
    bodies = ticket.texts.order_by("id").values_list("body", flat=True)
    assert list(bodies)[-2:] == ["住户另一电话139****4321", "卡号***************0128"]
    assert SealedFragment.objects.filter(subject_id=resident.subject_id).count() == 2


def test_a_colleague_s_work_telephone_stays_readable(ticket, staff, company):
    holder = company.steward.holder
    holder.work_phone = "023-6888 1234"
    holder.save()
    timeline.reply(ticket, actor=staff.agent, text="请联系管家 023-6888 1234", at=LATER)
    assert ticket.texts.filter(body="请联系管家 023-6888 1234").exists()


def test_but_not_when_the_resident_types_it(ticket, resident, company):
    holder = company.steward.holder
    holder.work_phone = PHONE
    holder.save()
    timeline.add(ticket, actor=resident, text=f"打{PHONE}没人接", at=LATER)
    assert ticket.texts.filter(body="打139****4321没人接", author_kind=ActorKind.REPORTER).exists()


class TestTheTableItself:
    """Append-only but for erasure, whoever asks."""

    @pytest.mark.parametrize(
        "change",
        [
            {"body": "改过了"},
            {"visibility": "internal"},
            {"role": "note"},
            {"body": "", "tokens": None},
            {"body": "改", "tokens": None, "erased_at": LATER},
            {"body": "", "tokens": None, "erased_at": LATER, "role": "note"},
        ],
    )
    def test_no_change_but_erasure(self, ticket, change):
        with pytest.raises(IntegrityError), transaction.atomic():
            ticket.texts.update(**change)

    def test_erasure_empties_it(self, ticket):
        ticket.texts.update(body="", tokens=None, erased_at=LATER)
        assert set(ticket.texts.values_list("body", flat=True)) == {""}

    def test_no_row_is_ever_deleted(self, ticket):
        with pytest.raises(IntegrityError), transaction.atomic():
            ticket.texts.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("  停电 \n", "停电"), ("a\x00b\ud800", "ab"), ("一\r\n二\t三", "一\n二\t三"), ("👍", "👍")],
)
def test_what_is_stored_of_what_is_typed(typed, stored):
    assert clean(typed, TextRole.BODY, field="body") == stored


def test_too_long_says_how_long():
    with pytest.raises(InvalidInput) as refused:
        clean("长" * 81, TextRole.SUMMARY, field="summary")
    (message,) = refused.value.fields["summary"]
    assert "80" in str(message)
    assert "81" in str(message)
