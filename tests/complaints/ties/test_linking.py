"""Tickets that belong together without being one."""

import pytest

from complaints import reading
from complaints.enums import EventKind, Relation
from complaints.models import TicketEvent, TicketLink, TicketParty
from complaints.services import linking, merging
from core.actors import SYSTEM
from core.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from tests.complaints.conftest import minutes
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)


@pytest.fixture
def other(company):
    return make_ticket(company, body="地下室渗水")


def link(ticket, other, actor, relation=Relation.CAUSED_BY, **fields):
    return linking.link(ticket, other=other, relation=relation, actor=actor, at=LATER, **fields)


def numbers(ticket, actor):
    return [(row.source_id, row.target_id) for row in linking.shown(ticket, actor)]


def test_both_ends_say_who_linked_them_and_when(ticket, other, staff):
    link(ticket, other, staff.steward, note="同一根水管")

    row = TicketLink.objects.get()
    assert (row.made_in.staff_id, row.made_in.occurred_at) == (staff.steward.staff_id, LATER)
    assert row.state_before == ""
    for end in (ticket, other):
        event = end.events.get(kind=EventKind.LINKED)
        assert (event.visibility, event.other_id) == (
            "internal",
            other.pk if end == ticket else ticket.pk,
        )
        assert numbers(end, staff.steward) == [(ticket.pk, other.pk)]


def test_taking_it_away_leaves_a_trace(ticket, other, staff):
    link(ticket, other, staff.steward)
    row = TicketLink.objects.get()
    linking.unlink(other, link_id=row.pk, actor=staff.manager, at=LATER)

    row.refresh_from_db()
    assert row.ended_in.staff_id == staff.manager.staff_id
    assert numbers(ticket, staff.steward) == []
    assert TicketEvent.objects.filter(kind=EventKind.UNLINKED).count() == 2
    with pytest.raises(NotFound):
        linking.unlink(ticket, link_id=row.pk, actor=staff.manager, at=LATER)
    link(ticket, other, staff.steward)
    assert TicketLink.objects.standing().count() == 1


def test_the_same_link_stands_once(ticket, other, staff):
    link(ticket, other, staff.steward)
    with pytest.raises(InvalidInput) as refused:
        link(ticket, other, staff.steward)
    assert "other" in refused.value.fields
    link(ticket, other, staff.steward, Relation.RELATES_TO)


@pytest.mark.parametrize("relation", ["merged_into", "nonsense", ""])
def test_a_merge_is_no_link_made_by_hand(ticket, other, staff, relation):
    with pytest.raises(InvalidInput):
        link(ticket, other, staff.steward, relation)


def test_a_merge_is_not_taken_away_as_a_link(ticket, other, staff):
    merging.merge(ticket, other=other, actor=staff.manager, at=LATER)
    with pytest.raises(NotFound):
        linking.unlink(ticket, link_id=TicketLink.objects.get().pk, actor=staff.manager, at=LATER)


def test_a_ticket_is_not_linked_to_itself_nor_from_a_stale_page(ticket, other, staff):
    with pytest.raises(InvalidInput):
        link(ticket, ticket, staff.steward)
    with pytest.raises(StaleVersion):
        link(ticket, other, staff.steward, version=ticket.version + 1)


def test_both_ends_must_be_in_reach(ticket, company, staff):
    far = make_ticket(company, dwelling=None, unit=company.far_community)
    for pair in ((ticket, far), (far, ticket)):
        with pytest.raises(NotAllowed):
            link(*pair, staff.steward)


@pytest.mark.parametrize("kind", ["integrity", "privacy"])
def test_gated_kinds_have_no_links(company, ticket, staff, kind):
    gated = make_ticket(company, kind=kind, category_code="other", actor=SYSTEM)
    for actor in (staff.inspector, staff.privacy_officer, staff.duty, SYSTEM):
        with pytest.raises(NotAllowed):
            link(ticket, gated, actor)


class TestWhoSeesIt:
    @pytest.fixture
    def far(self, company):
        return make_ticket(company, dwelling=None, unit=company.far_community)

    def test_a_link_is_seen_where_both_ends_are(self, company, ticket, far, staff):
        link(ticket, far, staff.duty)
        assert len(numbers(ticket, staff.duty)) == 1
        assert numbers(ticket, staff.steward) == []
        assert TicketLink.objects.visible_to(staff.steward).count() == 0
        kinds = {entry.event.kind for entry in reading.timeline(ticket, staff.steward)}
        assert EventKind.LINKED not in kinds
        kinds = {entry.event.kind for entry in reading.timeline(ticket, staff.duty)}
        assert EventKind.LINKED in kinds

    def test_who_is_named_at_one_end_learns_nothing_at_the_other(self, company, ticket, staff):
        about = make_ticket(company, category_code="noise")
        link(ticket, about, staff.manager)
        TicketParty.objects.create(ticket=about, staff=company.steward.holder, role="named")
        assert numbers(ticket, staff.steward) == []
        assert all(entry.event.other is None for entry in reading.timeline(ticket, staff.steward))
        assert len(numbers(ticket, staff.manager)) == 1

    def test_the_reporter_sees_no_link_even_between_their_own(
        self, company, ticket, resident, staff
    ):
        mine = make_ticket(company, reporter_subject=resident.subject_id)
        link(ticket, mine, staff.steward)
        assert numbers(ticket, resident) == []

    def test_a_merge_shows_what_became_but_not_into_what(self, company, ticket, resident, staff):
        other = make_ticket(company)
        merging.merge(ticket, other=other, actor=staff.manager, at=LATER)
        entries = reading.timeline(ticket, resident)
        assert entries[-1].event.kind == EventKind.MERGED
        assert entries[-1].event.other is None
        assert reading.timeline(ticket, staff.manager)[-1].event.other == other

    def test_the_main_ticket_does_not_tell_its_reporter(self, company, ticket, resident, staff):
        merging.merge(make_ticket(company), other=ticket, actor=staff.manager, at=LATER)
        assert EventKind.MERGED not in {e.event.kind for e in reading.timeline(ticket, resident)}


def test_a_post_without_the_right_to_note_links_nothing(company, ticket, other):
    from core.actors import Actor

    manager = make_post("quality_manager", company.group)
    with pytest.raises(NotAllowed):
        link(ticket, other, Actor.staff(manager.holder_id))
