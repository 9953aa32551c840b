"""Whatever happens to a ticket and whenever sweeps come: the levels of a walk minute by minute."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.enums import Action, EventKind, StepEffect
from complaints.models import Ticket, TicketEvent
from complaints.services import lifecycle
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from notifications.models import Notice
from tests.complaints.escalation.world import START, levels, make_policy, make_tickets

pytestmark = pytest.mark.django_db

HORIZON = 1_500
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Pause:
    """Begins after `gap` running minutes, ends by itself after `length` or earlier by a person."""

    gap: int
    length: int
    ended_by_hand_after: int | None


@dataclass(frozen=True)
class Life:
    duration: int
    percent: int
    after_due: tuple[int, ...]
    pauses: tuple[Pause, ...]
    resolved_at: int | None
    sweeps: tuple[int, ...]

    def acts(self):
        """(minute, act, pause) in order; the resolution ends it."""
        found, now = [], 0
        for pause in self.pauses:
            begin = now + pause.gap
            by_hand = pause.ended_by_hand_after
            now = begin + (by_hand if by_hand is not None else pause.length)
            found.append((begin, "pause", pause))
            found.append((now, "resume" if by_hand is not None else "end", pause))
        end = self.resolved_at if self.resolved_at is not None else HORIZON + 1
        found = [each for each in found if each[0] < min(end, HORIZON)]
        if self.resolved_at is not None:
            found.append((self.resolved_at, "resolve", None))
        return found


def walk(life):
    """(level, minute) of everything that fires, by counting the minutes in which the clock runs."""
    thresholds = [life.duration * life.percent // 100]
    thresholds += [life.duration + after for after in life.after_due]
    acts = life.acts()
    fired, counted, running = [], 0, True
    for minute in range(HORIZON + 1):
        # a pause is over before anything else of its last minute
        for _, act, _ in [each for each in acts if each[0] == minute]:
            if act in ("resume", "end"):
                running = True
        while running and len(fired) < len(thresholds) and thresholds[len(fired)] <= counted:
            fired.append((len(fired), minute))
        for _, act, _ in [each for each in acts if each[0] == minute]:
            if act == "resolve":
                return fired
            if act == "pause":
                running = False
        counted += running
    return fired


def live(company, life):
    """The same on real rows: people act, sweeps come when they come and always before an act."""
    ladder = [(life.percent, None, None, StepEffect.INFORM)]
    ladder += [(None, after, "project_manager", StepEffect.INFORM) for after in life.after_due]
    policy = make_policy(ladder, minutes=life.duration)
    (ticket,) = make_tickets(
        company,
        policy,
        due_at=START + life.duration * MINUTE,
        fire_at=START + life.duration * life.percent // 100 * MINUTE,
    )
    steps = [(minute, 0, None) for minute in life.sweeps]
    steps += [(minute, 1, (act, pause)) for minute, act, pause in life.acts() if act != "end"]
    for minute, _, act in sorted(steps, key=lambda step: step[:2]):
        at = START + minute * MINUTE
        sweep(at)
        if act is not None:
            _do(ticket, *act, at)
    sweep(START + HORIZON * MINUTE)
    return ticket


def _do(ticket, act, pause, at):
    row = Ticket.objects.get(pk=ticket.pk)
    if act == "pause":
        until = at + pause.length * MINUTE
        lifecycle.wait(row, actor=SYSTEM, on=Action.WAIT_SUPPLIER, at=at, until=until, text="等")
    elif act == "resume":
        lifecycle.resume(row, actor=SYSTEM, at=at)
    else:
        lifecycle.resolve(row, actor=SYSTEM, reply="已处理", at=at)


pauses = st.builds(
    Pause,
    gap=st.integers(1, 300),
    length=st.integers(2, 200),
    ended_by_hand_after=st.none(),
) | st.integers(2, 200).flatmap(
    lambda length: st.builds(
        Pause,
        gap=st.integers(1, 300),
        length=st.just(length),
        ended_by_hand_after=st.integers(1, length - 1),
    )
)
lives = st.builds(
    Life,
    duration=st.integers(1, 6).map(lambda hundreds: hundreds * 100),
    percent=st.integers(1, 99),
    after_due=st.lists(st.integers(0, 400), min_size=1, max_size=4).map(sorted).map(tuple),
    pauses=st.lists(pauses, max_size=3).map(tuple),
    resolved_at=st.none() | st.integers(1, HORIZON - 1),
    sweeps=st.lists(st.integers(0, HORIZON), max_size=6).map(tuple),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=lives)
def test_the_levels_are_those_of_a_walk_minute_by_minute(company, life):
    # a person who resumes in the very minute in which the resolution falls cannot do both
    minutes = [minute for minute, *_ in life.acts()]
    if len(set(minutes)) < len(minutes):
        return
    with transaction.atomic():
        ticket = live(company, life)

        assert levels(ticket) == [(level, START + at * MINUTE) for level, at in walk(life)]
        escalations = TicketEvent.objects.filter(ticket=ticket, kind=EventKind.ESCALATED)
        told = Notice.objects.filter(object_id=ticket.pk, template="ticket_escalated")
        assert set(told.values_list("source_id", flat=True)) == set(
            escalations.values_list("pk", flat=True)
        )
        changes = Ticket.history.filter(id=ticket.pk).order_by("history_id")
        row = Ticket.objects.get(pk=ticket.pk)
        assert not changes or changes.last().next_step_at == row.next_step_at
        transaction.set_rollback(True)
