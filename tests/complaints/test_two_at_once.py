"""Two people, two connections, one ticket: the lock decides who came first."""

import threading

import pytest
from django.db import connections, transaction

from complaints.enums import EventKind, State
from complaints.models import Ticket
from complaints.services import lifecycle, timeline
from core.actors import Actor
from tests.complaints.conftest import act, minutes
from tests.complaints.races.together import at_once, codes, wait_until_somebody_waits
from tests.factories import A_MORNING, Company, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

LATER = A_MORNING + minutes(10)


@pytest.fixture
def company(transactional_db):
    return Company()


@pytest.fixture
def ticket(company):
    ticket = make_ticket(company)
    for verb in ("accept", "start"):
        ticket = act(ticket, verb)
    return ticket


def actor(post):
    return Actor.staff(post.holder_id)


def test_of_two_who_resolve_at_once_one_wins(ticket, company):
    def resolve(post):
        return lambda: lifecycle.resolve(ticket, actor=actor(post), reply="好了", at=LATER)

    outcomes = at_once(resolve(company.steward), resolve(company.engineer))
    assert codes(outcomes) == ["done", "invalid_transition"]
    assert ticket.events.filter(kind=EventKind.RESOLVED).count() == 1
    found = Ticket.objects.get(pk=ticket.pk)
    assert (found.state, found.version) == (State.RESOLVED, ticket.version + 1)
    assert found.history.count() == found.version


def test_of_two_who_saw_the_same_version_one_is_told_it_is_stale(ticket, company):
    def reply(post, text):
        return lambda: timeline.reply(
            ticket, actor=actor(post), text=text, at=LATER, version=ticket.version
        )

    outcomes = at_once(reply(company.steward, "马上"), reply(company.engineer, "稍等"))
    assert codes(outcomes) == ["done", "stale_version"]
    assert ticket.events.filter(kind=EventKind.REPLIED).count() == 1


def test_without_a_version_both_notes_are_kept(ticket, company):
    def note(text):
        return lambda: timeline.note(ticket, actor=actor(company.steward), text=text, at=LATER)

    assert codes(at_once(*(note(f"第{n}条") for n in range(4)))) == ["done"] * 4
    assert Ticket.objects.get(pk=ticket.pk).version == ticket.version + 4


def test_intakes_at_once_have_different_numbers(company):
    outcomes = at_once(*(lambda: make_ticket(company) for _ in range(4)))
    assert len({made.reference for made in outcomes}) == 4


def test_who_comes_second_waits_for_the_first(ticket, company):
    """The second sees what the first left, not what was there when it began to wait."""
    waiting = threading.Event()
    second = []

    def close_after_resolve():
        waiting.set()
        try:
            second.append(lifecycle.close(ticket, actor=actor(company.manager), at=LATER))
        finally:
            connections.close_all()

    thread = threading.Thread(target=close_after_resolve)
    with transaction.atomic():
        lifecycle.resolve(ticket, actor=actor(company.steward), reply="好了", at=LATER)
        thread.start()
        assert waiting.wait(timeout=60)
        wait_until_somebody_waits()
    thread.join(timeout=60)
    assert [done.state for done in second] == [State.CLOSED]
