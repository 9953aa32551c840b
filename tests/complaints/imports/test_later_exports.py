"""A file that comes again, or a year later."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from complaints.enums import EventKind, State, TextRole
from complaints.models import Ticket
from organisation.models import Unit
from tests.complaints.imports.bringing import (
    MESSAGES,
    MESSAGES_FILE,
    NEW_YORK,
    NYC,
    NYC_FILE,
    bring_in,
    ticket,
)


def later_export(tmp_path: Path) -> Path:
    """The same source a year on: one case closed, one with its zip, one that differs, one new."""
    path = tmp_path / "later.csv"
    path.write_text(
        "unique_key,account,opendate,closedate,complaint_type,descriptor,zip,borough\n"
        "T010,NYCC02,2019-06-07,2022-01-05,,Con Edison,10003,\n"
        "T011,NYCC02,2020-02-29,2020-03-15,Utilities,Con Edison,11201,Brooklyn\n"
        "T002,NYCC01,2019-01-02,2019-02-09,Housing and Buildings,Lease Issue,10002,Manhattan\n"
        "T900,NYCC02,2022-05-05,,Parks,Park Maintenance,10003,Manhattan\n"
    )
    return path


def test_a_later_export_fills_what_was_open_and_lists_what_differs(
    group: Unit, tmp_path: Path
) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    report = bring_in(later_export(tmp_path), NYC, tmp_path / "later-rejects.csv")
    tally = report.tally
    assert (tally.imported, tally.merged, tally.refused) == (1, 3, 0)
    assert (tally.filled, tally.conflicts) == (2, 1)
    closed = ticket("T010")
    assert (closed.state, closed.next_step_at) == (State.CLOSED, None)
    assert closed.events.get(kind=EventKind.CLOSED).occurred_on == dt.date(2022, 1, 5)
    assert closed.clocks.get().stopped_at == dt.datetime(2022, 1, 5, tzinfo=NEW_YORK)
    assert Ticket.history.filter(id=closed.pk).count() == 2
    assert ticket("T011").unit.code == "NYCC02-11201"
    assert ticket("T002").ended_at == dt.datetime(2019, 2, 1, tzinfo=NEW_YORK)
    listed = (tmp_path / "later-rejects.csv.repeats.csv").read_text(encoding="utf-8-sig")
    assert "4,,T002,conflict,closedate,2019-02-01,2019-02-09" in listed


def test_a_later_export_brings_a_reply(group: Unit, tmp_path: Path) -> None:
    bring_in(MESSAGES_FILE, MESSAGES, tmp_path / "rejects.csv")
    path = tmp_path / "later.csv"
    path.write_text(
        "message_id,user,subject,created_at,body,reply,replied_at\n"
        "1037,Y0037,=1+1 这样的标题,2019-12-02T09:00:00+08:00,表格软件会当成公式。,"
        "已改为文本。,2019-12-05T10:00:00+08:00\n",
        encoding="utf-8",
    )
    report = bring_in(path, MESSAGES, tmp_path / "later-rejects.csv")
    assert (report.tally.merged, report.tally.filled, report.tally.conflicts) == (1, 1, 0)
    message = ticket("1037")
    assert message.state == State.CLOSED
    assert message.resolved_at == message.ended_at
    assert message.texts.get(role=TextRole.REPLY).body == "已改为文本。"


def test_a_ticket_that_people_worked_on_is_not_closed_by_a_file(
    group: Unit, tmp_path: Path
) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    Ticket.objects.filter(source_key="T010").update(version=2)
    report = bring_in(later_export(tmp_path), NYC, tmp_path / "later-rejects.csv")
    assert ticket("T010").state == State.RECEIVED
    assert (report.tally.filled, report.tally.conflicts) == (1, 2)
