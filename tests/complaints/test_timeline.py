"""Answers, notes, additions, urging and ratings."""

import pytest

from complaints.enums import EventKind, State, TextRole, Visibility
from complaints.services import timeline
from complaints.services.timeline import AlreadyRated
from core.errors import InvalidInput, InvalidTransition, LimitReached, NotAllowed, StaleVersion
from notifications.models import Notice
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(10)


def told(template):
    return list(Notice.objects.filter(template=template).values_list("post", "subject"))


def test_a_reply_is_public_and_told_to_the_resident(ticket, staff, resident):
    ticket = timeline.reply(ticket, actor=staff.agent, text="今天下午到", at=LATER)
    text = ticket.texts.get(role=TextRole.REPLY)
    assert (text.body, text.visibility, text.event.kind) == (
        "今天下午到",
        Visibility.PUBLIC,
        EventKind.REPLIED,
    )
    assert (ticket.version, ticket.state) == (2, State.ASSIGNED)
    assert told("ticket_replied") == [(None, resident.subject_id)]


def test_a_note_is_internal_and_told_to_nobody(ticket, staff):
    before = Notice.objects.count()
    ticket = timeline.note(ticket, actor=staff.engineer, text="需要带梯子", at=LATER)
    text = ticket.texts.get(role=TextRole.NOTE)
    assert (text.visibility, text.event.visibility) == (Visibility.INTERNAL,) * 2
    assert Notice.objects.count() == before


def test_what_the_resident_adds_is_told_to_the_post(ticket, resident, company):
    timeline.add(ticket, actor=resident, text="又漏了", at=LATER)
    assert told("ticket_added") == [(company.steward.pk, None)]


def test_an_agent_adds_what_a_caller_says(ticket, staff, resident, company):
    timeline.add(ticket, actor=staff.agent, text="来电补充：在地下二层", at=LATER)
    assert told("ticket_added") == [(company.steward.pk, None)]
    assert ticket.texts.filter(body="来电补充：在地下二层", visibility="public").exists()


class TestUrging:
    def test_it_is_told_and_leaves_one_event(self, ticket, resident, company):
        ticket = timeline.urge(ticket, actor=resident, at=LATER)
        assert told("ticket_urged") == [(company.steward.pk, None)]
        assert ticket.events.filter(kind=EventKind.URGED).count() == 1

    def test_again_within_the_hour_says_when(self, ticket, resident):
        ticket = timeline.urge(ticket, actor=resident, at=LATER)
        with pytest.raises(LimitReached) as refused:
            timeline.urge(ticket, actor=resident, at=LATER + minutes(59))
        assert refused.value.extra["retry_at"] == LATER + minutes(60)
        ticket = timeline.urge(ticket, actor=resident, at=LATER + minutes(60))
        assert ticket.events.filter(kind=EventKind.URGED).count() == 2


class TestRating:
    @pytest.fixture
    def resolved(self, ticket):
        return bring_to(State.RESOLVED, ticket)

    def test_handling_apart_from_outcome(self, resolved, resident):
        ticket = timeline.rate(
            resolved, actor=resident, handling=5, outcome=2, comment="人好，没修好", at=LATER
        )
        event = ticket.events.get(kind=EventKind.RATED)
        assert (event.handling_score, event.outcome_score) == (5, 2)
        assert event.texts.get().body == "人好，没修好"
        assert ticket.state == State.RESOLVED

    @pytest.mark.parametrize(("scores", "named"), [((0, 3), "handling"), ((3, 6), "outcome")])
    def test_from_one_to_five(self, resolved, resident, scores, named):
        with pytest.raises(InvalidInput) as refused:
            timeline.rate(resolved, actor=resident, handling=scores[0], outcome=scores[1], at=LATER)
        assert list(refused.value.fields) == [named]

    def test_once(self, resolved, resident):
        timeline.rate(resolved, actor=resident, handling=5, outcome=5, at=LATER)
        with pytest.raises(AlreadyRated):
            timeline.rate(resolved, actor=resident, handling=1, outcome=1, at=LATER)

    def test_not_before_it_is_resolved(self, ticket, resident):
        with pytest.raises(InvalidTransition):
            timeline.rate(ticket, actor=resident, handling=5, outcome=5, at=LATER)

    def test_never_by_staff(self, resolved, staff, stranger):
        for actor in (staff.steward, staff.duty, stranger):
            with pytest.raises(NotAllowed):
                timeline.rate(resolved, actor=actor, handling=5, outcome=5, at=LATER)

    def test_also_after_it_closed(self, ticket, resident):
        closed = bring_to(State.CLOSED, ticket)
        rated = timeline.rate(closed, actor=resident, handling=4, outcome=4, at=LATER)
        assert (rated.state, rated.next_step_at) == (State.CLOSED, None)


@pytest.mark.parametrize(
    ("entry", "fields"),
    [("reply", {"text": "好"}), ("note", {"text": "好"}), ("add", {"text": "好"}), ("urge", {})],
)
def test_every_entry_minds_the_version(ticket, staff, entry, fields):
    with pytest.raises(StaleVersion):
        getattr(timeline, entry)(ticket, actor=staff.agent, at=LATER, version=7, **fields)
    assert ticket.events.count() == 2


@pytest.mark.parametrize("entry", ["reply", "note", "add"])
@pytest.mark.parametrize("text", ["", " \n", "长" * 10_001])
def test_every_entry_says_something_and_not_too_much(ticket, staff, entry, text):
    with pytest.raises(InvalidInput) as refused:
        getattr(timeline, entry)(ticket, actor=staff.agent, at=LATER, text=text)
    assert list(refused.value.fields) == ["text"]


def test_nothing_is_told_to_a_reporter_nobody_knows(company, staff):
    ticket = make_ticket(company)
    timeline.reply(ticket, actor=staff.steward, text="已处理", at=LATER)
    assert told("ticket_replied") == []
