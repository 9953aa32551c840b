"""Who sees which tickets, and what of them. Out of scope is not there."""

import datetime as dt

import pytest

from complaints.enums import Kind, Protection, State, TextRole, Visibility
from complaints.models import Attachment, TextEntry, Ticket, TicketEvent, TicketReporter
from complaints.reading import timeline as read_timeline
from complaints.services import timeline
from core.actors import SYSTEM, Actor
from core.models import MachineKey
from privacy.vault.services import subjects
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(10)


@pytest.fixture
def tickets(company, resident, stranger, staff):
    """One of each kind that scope treats differently, by a name."""
    far = {"dwelling": None, "unit": company.far_community}
    return {
        "near": make_ticket(company, reporter_subject=resident.subject_id),
        "next_door": make_ticket(company, dwelling=None, unit=company.other_community),
        "far": make_ticket(company, reporter_subject=stranger.subject_id, **far),
        "group": make_ticket(company, dwelling=None, unit=company.group),
        "integrity": make_ticket(company, kind=Kind.INTEGRITY, actor=SYSTEM),
        "privacy": make_ticket(
            company, kind=Kind.PRIVACY, actor=SYSTEM, reporter_subject=resident.subject_id
        ),
    }


SEES = {
    "agent": {"near", "next_door", "far", "group"},
    "dispatcher": {"near", "next_door", "far", "group"},
    "duty": {"near", "next_door", "far", "group"},
    "region_head": {"near", "next_door"},
    "manager": {"near"},
    "steward": {"near"},
    "engineer": {"near"},
    "other_steward": {"next_door"},
    "far_steward": {"far"},
    "inspector": {"integrity"},
    "privacy_officer": {"privacy"},
    "privacy_approver": {"privacy"},
    "resident": {"near", "privacy"},
    "stranger": {"far"},
}


def names(tickets, rows):
    by_pk = {ticket.pk: name for name, ticket in tickets.items()}
    return {by_pk[pk] for pk in rows.values_list("pk", flat=True)}


@pytest.fixture
def everyone(staff, resident, stranger):
    staff.resident, staff.stranger = resident, stranger
    return staff


def test_each_sees_the_tickets_of_their_posts_and_no_more(tickets, everyone):
    seen = {who: names(tickets, Ticket.objects.visible_to(getattr(everyone, who))) for who in SEES}
    assert seen == SEES


def test_the_system_sees_all(tickets):
    assert Ticket.objects.visible_to(SYSTEM).count() == len(tickets)


def test_a_merged_resident_sees_what_both_reported(company, tickets, resident):
    other = make_person("张三丰", "13700002222").subject_id
    make_ticket(company, reporter_subject=other)
    subjects.merge(other, into=resident.subject_id, actor=SYSTEM, at=LATER)
    assert Ticket.objects.visible_to(resident).count() == 3


class TestWhatIsInternal:
    """The note, the row that would leak, is on the resident's own ticket."""

    @pytest.fixture
    def noted(self, tickets, everyone):
        ticket = bring_to(State.IN_PROGRESS, tickets["near"], actor=everyone.steward)
        ticket = timeline.reply(ticket, actor=everyone.steward, text="周三上门", at=LATER)
        return timeline.note(ticket, actor=everyone.steward, text="此人常投诉", at=LATER)

    def test_staff_read_it(self, noted, everyone):
        seen = TextEntry.objects.visible_to(everyone.agent).filter(ticket=noted)
        assert set(seen.values_list("body", flat=True)) >= {"周三上门", "此人常投诉"}

    def test_the_resident_finds_it_nowhere(self, noted, resident):
        texts = TextEntry.objects.visible_to(resident).filter(ticket=noted)
        assert "周三上门" in texts.values_list("body", flat=True)
        assert not texts.filter(body__contains="常投诉").exists()
        assert not TextEntry.objects.visible_to(resident).filter(role=TextRole.NOTE).exists()
        events = TicketEvent.objects.visible_to(resident).filter(ticket=noted)
        assert set(events.values_list("visibility", flat=True)) == {Visibility.PUBLIC}
        for entry in read_timeline(noted, resident):
            assert "常投诉" not in entry.text(*TextRole)

    def test_nor_by_searching(self, noted, everyone, resident):
        found = Ticket.objects.visible_to(everyone.agent).matching("常投诉", everyone.agent)
        assert list(found) == [noted]
        assert not Ticket.objects.visible_to(resident).matching("常投诉", resident).exists()
        assert list(Ticket.objects.visible_to(resident).matching("上门", resident)) == [noted]

    def test_nor_in_a_public_text_of_an_internal_entry(self, noted, resident):
        """Both the entry and its text must be public."""
        event = noted.events.get(visibility=Visibility.INTERNAL)
        TextEntry.objects.create(
            ticket=noted,
            event=event,
            role=TextRole.COMMENT,
            visibility=Visibility.PUBLIC,
            author_kind="staff",
            body="放错了地方",
            created_at=LATER,
        )
        assert not TextEntry.objects.visible_to(resident).filter(body="放错了地方").exists()

    def test_nor_in_a_photo(self, noted, resident, everyone):
        event = noted.events.get(visibility=Visibility.INTERNAL)
        Attachment.objects.create(
            event=event, file="a.jpg", thumbnail="a_s.jpg", size_bytes=1, width=1, height=1,
            created_at=LATER,
        )  # fmt: skip
        assert not Attachment.objects.visible_to(resident).exists()
        assert Attachment.objects.visible_to(everyone.agent).count() == 1


class TestTheReporter:
    def who_sees(self, everyone, ticket):
        rows = TicketReporter.objects.filter(ticket=ticket)
        return {who for who in SEES if rows.visible_to(getattr(everyone, who)).exists()}

    def test_the_site_and_those_above_see_an_ordinary_one(self, tickets, everyone):
        assert self.who_sees(everyone, tickets["near"]) == {
            "agent", "dispatcher", "duty", "region_head", "manager", "steward", "engineer",
            "resident",
        }  # fmt: skip

    def test_a_machine_with_the_right_sees_it_too(self, tickets, company):
        key = MachineKey.objects.create(
            key_id="crm",
            name="客户系统",
            secret_sha256=bytes(32),
            scopes=["tickets.view", "tickets.view_reporter"],
            unit_codes=[company.region.code],
            created_at=A_MORNING,
            expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
        )
        seen = TicketReporter.objects.visible_to(Actor.machine(key.pk))
        assert [row.ticket for row in seen] == [tickets["near"]]

    def test_a_protected_one_is_for_those_who_answer_callers(self, tickets, everyone):
        TicketReporter.objects.filter(ticket=tickets["near"]).update(
            protection=Protection.PROTECTED
        )
        assert self.who_sees(everyone, tickets["near"]) == {
            "agent", "duty", "region_head", "resident",
        }  # fmt: skip

    def test_a_gated_kind_keeps_its_reporter_too(self, tickets, everyone):
        assert self.who_sees(everyone, tickets["privacy"]) == {
            "privacy_officer", "privacy_approver", "resident",
        }  # fmt: skip
