"""The desk plays the messages; an oracle that knows nothing of the desk says what must come."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from complaints.enums import ClockKind, ClockState, EventKind, State
from complaints.models import Ticket, TicketClock, TicketEvent
from core.models import Installation
from core.services.installation import NotEmpty, NotVirtual
from demo.services import replay
from demo.services.replay import ReplayReport
from notifications.models import Message, Notice
from tests.factories import make_unit
from tests.oracle import replay_oracle
from tests.oracle.replay_oracle import Outcome
from tests.real_data import MESSAGES, TWINS, real_file

AT = dt.datetime(2026, 3, 4, 2, 0, tzinfo=dt.UTC)
TWIN = TWINS / "messages_40.csv"
UNPLAYABLE = frozenset({"1031", "1032", "1033", "1034", "1035", "1037", ""})


@pytest.fixture
def virtual(db: None) -> None:
    Installation.objects.filter(id=1).update(virtual=True)


def play(path: Path) -> ReplayReport:
    return replay.replay(path, at=AT, progress=lambda done, total: None)


def played() -> dict[str, Outcome]:
    """What the desk's rows say of each message, as the oracle would say it."""
    levels: dict[tuple[int, str], list[int]] = defaultdict(list)
    fired = TicketEvent.objects.filter(kind=EventKind.ESCALATED).order_by("level")
    for ticket, kind, level in fired.values_list("ticket_id", "clock__kind", "level"):
        levels[ticket, kind].append(level)
    states = {
        (ticket, kind): state
        for ticket, kind, state in TicketClock.objects.values_list("ticket_id", "kind", "state")
    }
    return {
        key: Outcome(
            tuple(levels[pk, ClockKind.FIRST_RESPONSE]),
            tuple(levels[pk, ClockKind.RESOLVE]),
            states[pk, ClockKind.FIRST_RESPONSE] == ClockState.KEPT,
            states[pk, ClockKind.RESOLVE] == ClockState.KEPT,
            states[pk, ClockKind.ACKNOWLEDGE] == ClockState.KEPT,
        )
        for pk, key in Ticket.objects.values_list("pk", "source_key")
    }


def differences(expected: dict[str, Outcome]) -> dict[str, tuple[Outcome | None, Outcome]]:
    found = played()
    assert found.keys() == expected.keys()
    return {key: (found[key], wanted) for key, wanted in expected.items() if found[key] != wanted}


def as_totals(report: ReplayReport) -> dict[str, int]:
    """In the oracle's words."""
    return {
        "tickets": report.tickets,
        **{
            f"{kind}_level_{level}": report.escalations.get((kind, level), 0)
            for kind in ("first_response", "resolve")
            for level in range(5)
        },
        "escalations": sum(report.escalations.values()),
        **{
            f"{kind}_kept": report.kept.get(kind, 0)
            for kind in ("acknowledge", "first_response", "resolve")
        },
    }


@pytest.mark.usefixtures("virtual")
def test_the_twin_comes_out_as_the_oracle_says_ticket_by_ticket() -> None:
    expected = replay_oracle.replay(TWIN, UNPLAYABLE)
    report = play(TWIN)
    assert differences(expected) == {}
    assert as_totals(report) == replay_oracle.totals(expected)
    assert (report.tally.read, report.tally.merged, report.tally.refused) == (40, 2, 6)
    assert (report.tickets, report.left_out) == (31, 1)


@pytest.mark.usefixtures("virtual")
def test_levels_bear_the_moments_at_which_they_were_due() -> None:
    play(TWIN)
    ticket = Ticket.objects.get(source_key="1012")
    fired = ticket.events.filter(kind=EventKind.ESCALATED, clock__kind=ClockKind.RESOLVE)
    due = dt.datetime(2019, 11, 6, 18, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    minutes = [
        (moment - due) / dt.timedelta(minutes=1)
        for moment in fired.order_by("level").values_list("occurred_at", flat=True)
    ]
    assert minutes == [-360, 0, 240, 1440, 2880]


@pytest.mark.usefixtures("virtual")
def test_answered_messages_are_closed_when_nobody_objects() -> None:
    play(TWIN)
    assert set(Ticket.objects.values_list("state", flat=True)) == {State.CLOSED}
    answered = Ticket.objects.get(source_key="1025")
    assert answered.ended_at - answered.resolved_at == dt.timedelta(days=7)


@pytest.mark.usefixtures("virtual")
def test_a_virtual_desk_writes_its_notices_and_sends_none() -> None:
    play(TWIN)
    assert Notice.objects.exists()
    assert set(Message.objects.values_list("state", flat=True)) <= {"dropped"}


def test_a_real_database_is_not_played_in(db: None) -> None:
    with pytest.raises(NotVirtual):
        play(TWIN)
    assert not Ticket.objects.exists()


@pytest.mark.usefixtures("virtual")
def test_a_replay_needs_an_empty_desk() -> None:
    play(TWIN)
    with pytest.raises(NotEmpty):
        play(TWIN)


def test_only_an_empty_database_becomes_virtual(db: None) -> None:
    make_unit("G")
    with pytest.raises(NotEmpty):
        replay.mark_virtual()
    assert not Installation.objects.get(id=1).virtual


def test_the_command_marks_plays_and_prints(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="虚拟"):
        call_command("replay_messages", TWIN)
    call_command("replay_messages", TWIN, mark_virtual=True)
    printed = capsys.readouterr().out
    totals = replay_oracle.totals(replay_oracle.replay(TWIN, UNPLAYABLE))
    assert "工单 31" in printed
    assert f"2: {totals['resolve_level_2']}" in printed
    assert f"按时 {totals['resolve_kept']}" in printed


@pytest.mark.usefixtures("virtual")
def test_the_command_refuses_a_missing_file_with_a_sentence() -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("replay_messages", Path("nowhere.csv"))


# In one long transaction no dead row can be passed over, and every sweep walks past all of them.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("virtual")
@pytest.mark.real_data
@pytest.mark.slow
def test_ten_years_of_messages_come_out_as_the_oracle_says() -> None:
    path = real_file(MESSAGES)
    expected = replay_oracle.replay(path)
    report = play(path)
    assert report.tickets == len(expected) == 2_816
    assert differences(expected) == {}
    assert as_totals(report) == replay_oracle.totals(expected)
