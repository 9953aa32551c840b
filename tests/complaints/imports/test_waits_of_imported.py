"""What an import brought without clocks waits like everything else: to an end, and then goes on."""

from __future__ import annotations

import datetime as dt
import importlib
from pathlib import Path

import pytest
from django.db import connection

from complaints.enums import Action, ClockKind, ClockState, EventKind, Severity, State
from complaints.models import Ticket
from complaints.reasons import RegradeReason
from complaints.services import grading, lifecycle, merging
from complaints.services.escalation import sweep
from complaints.spans import DEFAULT_WAIT, REVIEW_EVERY
from core.actors import SYSTEM, Actor
from tests.complaints.conftest import bring_to, give_segments
from tests.complaints.imports.bringing import AT, NYC, NYC_FILE, bring_in, ticket
from tests.factories import Company, make_post, make_ticket

pytestmark = pytest.mark.django_db

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def imported(company: Company, tmp_path: Path) -> Ticket:
    """In work, and under no clock."""
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    post = make_post("project_manager", company.group)
    given = lifecycle.assign(ticket("T010"), actor=SYSTEM, post=post, at=AT)
    begun = lifecycle.start(lifecycle.accept(given, actor=SYSTEM, at=AT), actor=SYSTEM, at=AT)
    assert not begun.clocks.live().exists()
    return begun


def wait(ticket: Ticket, until: dt.datetime | None = None) -> Ticket:
    return lifecycle.wait(
        ticket, actor=SYSTEM, on=Action.WAIT_RESIDENT, at=AT, until=until, text="请拍照"
    )


def test_the_sweep_ends_the_wait_at_its_own_end(imported: Ticket) -> None:
    waiting = wait(imported)
    over = AT + DEFAULT_WAIT
    assert waiting.waits_until == waiting.next_step_at == over
    sweep(over - HOUR)
    assert not waiting.events.filter(kind=EventKind.REVIEWED).exists()

    late = over + 5 * HOUR
    sweep(late)

    gone_on = Ticket.objects.get(pk=waiting.pk)
    assert (gone_on.state, gone_on.waits_until) == (State.IN_PROGRESS, None)
    resumed = gone_on.events.get(kind=EventKind.RESUMED)
    assert (resumed.occurred_at, resumed.to_state) == (over, State.IN_PROGRESS)
    assert gone_on.next_step_at == late + REVIEW_EVERY
    assert not gone_on.clocks.live().exists()


def test_at_the_end_that_was_said(imported: Ticket) -> None:
    waiting = wait(imported, until=AT + 5 * DAY)
    assert waiting.next_step_at == AT + 5 * DAY
    sweep(AT + 5 * DAY)
    assert Ticket.objects.get(pk=waiting.pk).state == State.IN_PROGRESS


def test_promises_that_are_made_meanwhile_wait_too(imported: Ticket) -> None:
    give_segments("complaint_serious")
    waiting = wait(imported)
    assert imported.post is not None
    graded = grading.raise_severity(
        waiting,
        actor=Actor.staff(imported.post.holder_id),
        severity=Severity.SERIOUS,
        reason_code=RegradeReason.WORSE,
        at=AT + HOUR,
    )
    made = graded.clocks.live()
    promised = {ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.SEGMENT}
    assert set(made.values_list("kind", "state")) == {
        (kind, ClockState.PAUSED) for kind in promised
    }
    sweep(AT + DEFAULT_WAIT)
    assert set(made.values_list("state", flat=True)) == {ClockState.RUNNING}


def test_what_becomes_a_matter_of_safety_waits_no_longer(imported: Ticket) -> None:
    give_segments("safety")
    waiting = wait(imported)
    assert imported.post is not None
    raised = grading.raise_severity(
        waiting,
        actor=Actor.staff(imported.post.holder_id),
        severity=Severity.SAFETY,
        reason_code=RegradeReason.WORSE,
        at=AT + HOUR,
    )
    assert raised.state == State.IN_PROGRESS
    made = raised.clocks.live()
    promised = {ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.SEGMENT}
    assert set(made.values_list("kind", "state")) == {
        (kind, ClockState.RUNNING) for kind in promised
    }


def test_what_is_promised_after_a_wait_that_no_sweep_has_ended_counts_from_then(
    imported: Ticket,
) -> None:
    give_segments("complaint_serious")
    waiting = wait(imported)
    assert imported.post is not None
    late = AT + DEFAULT_WAIT + HOUR
    grading.raise_severity(
        waiting,
        actor=Actor.staff(imported.post.holder_id),
        severity=Severity.SERIOUS,
        reason_code=RegradeReason.WORSE,
        at=late,
    )
    due = dict(waiting.clocks.live().values_list("kind", "due_at"))
    assert None not in due.values()
    sweep(late + dt.timedelta(minutes=1))
    assert dict(waiting.clocks.live().values_list("kind", "due_at")) == due


def test_a_wait_that_ended_while_it_rested_in_another_is_over(company: Company) -> None:
    waiting = bring_to(State.IN_PROGRESS, make_ticket(company, at=AT), at=AT)
    waiting.clocks.all().delete()
    main = make_ticket(company, at=AT)
    officer = make_post("duty_officer", company.group).holder.actor
    merged = merging.merge(wait(waiting), other=main, actor=officer, at=AT + HOUR)
    back = merging.unmerge(merged, actor=officer, at=AT + DEFAULT_WAIT + HOUR)
    assert back.state == State.IN_PROGRESS


def test_waits_that_began_before_the_column_get_their_end(
    company: Company, imported: Ticket
) -> None:
    migration = importlib.import_module(
        "complaints.migrations.0024_waits_that_stand_have_their_end"
    )
    clocked = wait(bring_to(State.IN_PROGRESS, make_ticket(company, at=AT), at=AT), AT + 2 * DAY)
    joining = wait(bring_to(State.IN_PROGRESS, make_ticket(company, at=AT), at=AT), AT + DAY)
    officer = make_post("duty_officer", company.group).holder.actor
    main = make_ticket(company, at=AT)
    merged = merging.merge(joining, other=main, actor=officer, at=AT + HOUR)
    bare = wait(imported)
    Ticket.objects.update(wait_ends_at=None)
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
    ends = dict(Ticket.objects.values_list("pk", "wait_ends_at"))
    assert (ends[clocked.pk], ends[merged.pk], ends[main.pk]) == (AT + 2 * DAY, AT + DAY, None)
    assert ends[bare.pk] is not None
