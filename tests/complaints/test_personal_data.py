"""What tickets hold of a person is found, copied and erased, and nothing else is."""

from types import SimpleNamespace

import pytest
from django.db import connection

from complaints.enums import EventKind, TextRole
from complaints.models import (
    Attachment,
    Draft,
    SealedFragment,
    TextEntry,
    Ticket,
    TicketEvent,
    TicketReporter,
)
from complaints.services import erasing, photos, timeline
from core.actors import SYSTEM, Actor
from privacy.vault.registry import holdings, models_without_holding
from tests.complaints.conftest import act, minutes
from tests.complaints.pictures import jpeg
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)
NAME, PHONE = "独孤霜月", "13698765432"
CANARY = "金丝雀门牌"


def mine():
    return [holding for holding in holdings() if holding.name.startswith("complaints.")]


def plan(*held):
    tickets = {ticket.pk for ticket in held}
    return SimpleNamespace(
        request_ref="R1",
        at=LATER,
        holds=lambda model, pk: model == "complaints.ticket" and pk in tickets,
    )


def erase(ids, *held):
    return {holding.name: holding.erase(ids, plan(*held)) for holding in mine()}


def left(ids, needles=(NAME, PHONE)):
    return {holding.name: holding.verify(ids, needles) for holding in mine()}


@pytest.fixture
def person(company):
    return Actor.reporter(make_person(NAME, PHONE, company.dwelling).subject_id)


@pytest.fixture
def ids(person):
    return (person.subject_id,)


@pytest.fixture
def theirs(company, person, staff):
    """A ticket with everything on it: place, number, photo, addition, answer, note."""
    draft = photos.open_draft(actor=person, at=A_MORNING)
    photos.upload(draft.public_id, jpeg(), actor=person, at=A_MORNING)
    ticket = make_ticket(
        company,
        actor=person,
        reporter_subject=person.subject_id,
        body=f"我是{NAME}，电话{PHONE}，{CANARY}",
        place=CANARY,
        draft_id=draft.public_id,
    )
    timeline.add(ticket, actor=person, text=f"还是{CANARY}", at=LATER)
    timeline.reply(ticket, actor=staff.steward, text="您好，已安排", at=LATER)
    timeline.note(ticket, actor=staff.steward, text=f"{NAME}要求尽快", at=LATER)
    return act(ticket, "withdraw", actor=person)


@pytest.fixture
def unsent(person):
    draft = photos.open_draft(actor=person, at=A_MORNING)
    return photos.upload(draft.public_id, jpeg(), actor=person, at=A_MORNING)


def test_every_promised_erasure_is_carried_out_by_a_holding():
    assert not {model for model in models_without_holding() if model.startswith("complaints.")}


def test_everything_of_the_person_is_found(theirs, unsent, ids):
    found = {holding.name: holding.locate(ids).count() for holding in mine()}
    assert found == {
        "complaints.drafts": 2,
        "complaints.pictures": 1,
        "complaints.fragments": 2,  # in the body, and in the summary made of it
        "complaints.texts": 5,
        "complaints.homes": 1,
        "complaints.reports": 1,
        "complaints.ip_notices": 0,  # they gave no notice
    }


def test_erased_nothing_of_it_is_left(theirs, unsent, ids, settings, tmp_path):
    erase(ids)
    assert set(left(ids).values()) == {0}
    assert not TicketReporter.objects.filter(subject__in=ids).exists()
    assert not SealedFragment.objects.exists()
    assert not Draft.objects.exists()
    assert not Attachment.objects.exists()
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert Ticket.objects.get(pk=theirs.pk).dwelling is None


def test_their_words_are_in_no_table(theirs, ids):
    erase(ids)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*) FROM {quoted} t WHERE t::text LIKE %s", [f"%{CANARY}%"]
            )
            assert cursor.fetchone() == (0,), table


def test_the_ticket_its_events_and_the_answers_of_staff_stay(theirs, ids):
    before = list(TicketEvent.objects.order_by("id").values_list("id", "kind", "occurred_at"))
    erase(ids)
    after = list(TicketEvent.objects.order_by("id").values_list("id", "kind", "occurred_at"))
    assert after[:-1] == before
    assert after[-1][1] == EventKind.ERASED
    assert TextEntry.objects.filter(role=TextRole.REPLY, body="您好，已安排").exists()


def test_erasing_twice_changes_nothing_more(theirs, ids):
    erase(ids)
    assert set(erase(ids).values()) == {0}
    assert TicketEvent.objects.filter(kind=EventKind.ERASED).count() == 1


def test_what_is_held_stays_whole_and_the_rest_goes(company, theirs, unsent, ids, person):
    held = make_ticket(
        company, reporter_subject=person.subject_id, body=f"电话{PHONE}", actor=person
    )
    erase(ids, held)
    assert held.texts.get(role=TextRole.BODY).body == "电话136****5432"
    assert held.texts.get(role=TextRole.BODY).fragments.count() == 1
    assert TicketReporter.objects.get(ticket=held).subject_id == person.subject_id
    assert Ticket.objects.get(pk=held.pk).dwelling == company.dwelling
    assert set(theirs.texts.filter(role=TextRole.BODY).values_list("body", flat=True)) == {""}
    erase(ids)
    assert set(left(ids).values()) == {0}


def test_others_keep_what_is_theirs(company, theirs, ids, stranger):
    other = make_ticket(company, reporter_subject=stranger.subject_id, body="我家也漏水")
    erase(ids)
    assert other.texts.get(role=TextRole.BODY).body == "我家也漏水"
    assert TicketReporter.objects.get(ticket=other).subject_id == stranger.subject_id


class TestMentions:
    def test_a_note_that_names_them_is_for_a_reader(self, theirs, ids):
        (found,) = erasing.mentions(ids, (NAME, PHONE))
        assert (found.role, found.body) == (TextRole.NOTE, f"{NAME}要求尽快")
        erasing.overwrite(found, at=LATER)
        assert not erasing.mentions(ids, (NAME, PHONE)).exists()

    def test_so_is_what_somebody_else_said_of_the_same_home(self, company, ids, person):
        other = make_ticket(company, body=f"{NAME}家漏水到楼下")
        assert {entry.ticket for entry in erasing.mentions(ids, (NAME,))} == {other}

    def test_a_namesake_elsewhere_is_left_alone(self, company, theirs, ids):
        make_ticket(company, dwelling=None, unit=company.far_community, body=f"{NAME}是另一人")
        assert {entry.ticket for entry in erasing.mentions(ids, (NAME,))} == {theirs}

    def test_a_number_as_it_is_written_by_others(self, theirs, ids, staff):
        timeline.note(theirs, actor=SYSTEM, text="联系人邮箱 shuang@example.com", at=LATER)
        (found,) = erasing.mentions(ids, ("shuang@example.com",))
        assert found.ticket == theirs

    def test_without_a_needle_nothing_is_found(self, theirs, ids):
        assert not erasing.mentions(ids, ()).exists()


def test_the_copy_holds_their_words_and_the_answers_but_no_note(theirs, ids):
    copies = {holding.name: list(holding.export(ids)) for holding in mine() if holding.export}
    words = [row["text"] for row in copies["complaints.texts"]]
    assert "您好，已安排" in words
    assert not any("要求尽快" in text for text in words)
    assert {row["number"] for row in copies["complaints.fragments"]} == {PHONE}
    (report,) = copies["complaints.reports"]
    assert (report["ticket"], report["dwelling"]) == (theirs.reference, "1 栋 1-101")
    assert len(copies["complaints.pictures"]) == 1
