"""The hand-written files, row by row.  Expected values are read off the files by eye."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from complaints.imports import mapping_file
from complaints.imports.merge import Absorbed, Conflict
from complaints.imports.moments import Moment
from complaints.imports.normalise import ImportedTicket
from complaints.imports.outcomes import Outcome, Reader, Tally
from complaints.imports.reading import FileUnreadable, open_table
from complaints.imports.reasons import Refusal, Refused
from complaints.imports.rejects import RowLists
from tests.real_data import TWINS

TODAY = date(2026, 1, 1)
NYC, MESSAGES = "nyc_constituent_cases", "citizen_messages_with_replies"


def outcomes(path: Path, mapping: str) -> list[Outcome]:
    with open_table(path) as table:
        return list(Reader(table, mapping_file.load(mapping), TODAY).outcomes())


def tally_of(found: list[Outcome]) -> Tally:
    tally = Tally()
    for outcome in found:
        tally.count(outcome)
    return tally


def tickets(found: list[Outcome]) -> dict[str, ImportedTicket]:
    return {o.key: o for o in found if isinstance(o, ImportedTicket)}


@pytest.fixture(scope="module")
def nyc() -> list[Outcome]:
    return outcomes(TWINS / "nyc_40.csv", NYC)


@pytest.fixture(scope="module")
def messages() -> list[Outcome]:
    return outcomes(TWINS / "messages_40.csv", MESSAGES)


def test_every_row_is_imported_merged_or_refused(nyc: list[Outcome]) -> None:
    tally = tally_of(nyc)
    assert (tally.read, tally.imported, tally.merged, tally.refused) == (40, 23, 5, 12)
    assert tally.adds_up
    lines = [outcome.line for outcome in nyc]
    # the row on lines 18 and 19 counts once
    assert sorted(lines) == [line for line in range(2, 43) if line != 19]


def test_refused_rows_say_line_and_reason(nyc: list[Outcome]) -> None:
    refused = {o.line: str(o.code) for o in nyc if isinstance(o, Refusal)}
    assert refused == {
        25: "moment_invalid",
        27: "ends_before_start",
        28: "moment_in_future",
        29: "moment_invalid",
        30: "kind_unknown",
        31: "key_missing",
        32: "region_missing",
        33: "region_invalid",
        34: "column_count",
        35: "column_count",
        36: "quotes_broken",
        42: "region_invalid",
    }


def test_a_reason_names_column_and_value(nyc: list[Outcome]) -> None:
    reasons = {o.line: o.reason for o in nyc if isinstance(o, Refusal)}
    assert reasons[25] == "日期无法识别（opendate：2019-02-30）"
    assert reasons[30] == "映射文件未列出的类别（complaint_type：Beekeeping）"
    assert reasons[34] == "应有 8 列，实有 7 列"


def test_assumptions_about_rows_are_counted(nyc: list[Outcome]) -> None:
    assert tally_of(nyc).by_remark == {
        "community_empty": 3,
        "community_invalid": 1,
        "kind_empty": 2,
        "kind_uncategorised": 1,
        "kind_other": 1,
    }


def test_a_repeat_fills_gaps_and_keeps_what_was_first(nyc: list[Outcome]) -> None:
    absorbed = {o.key: o for o in nyc if isinstance(o, Absorbed)}
    assert {key: (o.line, o.into, o.filled, o.conflicts) for key, o in absorbed.items()} == {
        "T001": (37, 2, {}, ()),
        "T003": (38, 4, {"closedate": "2019-04-05"}, ()),
        "T008": (39, 9, {}, (Conflict("zip", "10002", "10009"),)),
        "T006": (40, 7, {"zip": "10002"}, (Conflict("zip", "10002", "KicRf"),)),
        "T024": (41, 26, {"opendate": "2019-02-14"}, ()),
    }
    merged = tickets(nyc)
    assert merged["T003"].closed == Moment(date(2019, 4, 5))
    assert merged["T006"].unit[-1].code == "10002"
    assert merged["T024"].received == Moment(date(2019, 2, 14))


def test_a_repeat_of_a_refused_row_is_refused_with_its_own_values(nyc: list[Outcome]) -> None:
    refusals = {o.line: o for o in nyc if isinstance(o, Refusal)}
    assert refusals[33].fields["descriptor"] == "Senior Centers"
    assert refusals[42].fields["descriptor"] == "Meals On Wheels"


def test_a_row_becomes_a_ticket_in_our_words(nyc: list[Outcome]) -> None:
    ticket = tickets(nyc)["T001"]
    assert (ticket.category, ticket.kind) == ("engineering.heating", "repair")
    assert ticket.subject == "Housing and Buildings · Heat/Hot Water"
    assert ticket.place == "Manhattan"
    assert [unit.code for unit in ticket.unit] == ["NYCC01", "10002"]
    assert ticket.unit[0].name == "选区办公室 NYCC01"
    assert (ticket.source_kind, ticket.source_detail) == ("Housing and Buildings", "Heat/Hot Water")


def test_a_date_without_time_gets_no_hour(nyc: list[Outcome]) -> None:
    for ticket in tickets(nyc).values():
        assert ticket.received.is_day
        assert ticket.closed is None or ticket.closed.is_day


def test_rows_without_a_valid_zip_go_to_their_office(nyc: list[Outcome]) -> None:
    at_office = {key for key, ticket in tickets(nyc).items() if len(ticket.unit) == 1}
    assert at_office == {"T004", "T005", "T007", "T011"}


def test_one_zip_in_two_offices_is_two_communities(nyc: list[Outcome]) -> None:
    found = tickets(nyc)
    assert [unit.code for unit in found["T001"].unit] == ["NYCC01", "10002"]
    assert [unit.code for unit in found["T008"].unit] == ["NYCC02", "10002"]


def test_rows_without_an_end_are_open(nyc: list[Outcome]) -> None:
    open_keys = {key for key, ticket in tickets(nyc).items() if ticket.is_open}
    assert open_keys == {"T006", "T010", "T014", "T019"}


def test_messages_of_the_twin_add_up(messages: list[Outcome]) -> None:
    tally = tally_of(messages)
    assert (tally.read, tally.imported, tally.merged, tally.refused) == (40, 32, 2, 6)
    assert tally.by_reason == {
        "moment_invalid": 1,
        "text_missing": 1,
        "ends_before_start": 1,
        "reply_without_moment": 1,
        "moment_without_reply": 1,
        "key_missing": 1,
    }
    assert {key for key, ticket in tickets(messages).items() if ticket.is_open} == {"1037"}


def test_a_message_keeps_its_instants_and_its_reply(messages: list[Outcome]) -> None:
    ticket = tickets(messages)["1013"]
    assert ticket.received.at == datetime(2019, 11, 6, 3, 59, 54, tzinfo=UTC)
    assert ticket.answered == ticket.closed
    assert ticket.answered is not None
    assert ticket.answered.at == datetime(2019, 11, 6, 6, 29, 54, tzinfo=UTC)
    assert ticket.reply == "已约谈施工队。"
    assert ticket.category == "renovation"
    assert [unit.name for unit in ticket.unit] == ["留言板"]


def test_a_repeated_message_keeps_the_first_reply(messages: list[Outcome]) -> None:
    found = tickets(messages)
    assert found["1001"].reply == "已更换门机控制板，电梯恢复运行。"
    assert found["1036"].reply == "每年六月一日。"
    dropped = [c.dropped for o in messages if isinstance(o, Absorbed) for c in o.conflicts]
    assert dropped == ["另一份答复：维修中。"]


def test_the_workbook_twin_gives_the_same_tickets(tmp_path: Path, messages: list[Outcome]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    with (TWINS / "messages_40.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            # openpyxl would take "=1+1" for a formula
            sheet.append([f" {cell}" if cell.startswith("=") else cell for cell in row])
    path = tmp_path / "messages"
    book.save(path)
    assert tickets(outcomes(path, MESSAGES)).keys() == tickets(messages).keys()
    for key, ticket in tickets(outcomes(path, MESSAGES)).items():
        twin = tickets(messages)[key]
        assert (ticket.subject, ticket.body, ticket.received, ticket.answered) == (
            twin.subject,
            twin.body,
            twin.received,
            twin.answered,
        )


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))


def test_lists_hold_every_row_that_did_not_simply_come_in(
    tmp_path: Path, nyc: list[Outcome]
) -> None:
    path = tmp_path / "rejects.csv"
    columns = tuple(next(csv.reader([(TWINS / "nyc_40.csv").read_text().splitlines()[0]])))
    with RowLists(path, columns) as lists:
        for outcome in nyc:
            lists.add(outcome)
    rejects = list(rows_of(path))
    assert len(rejects) == 12
    assert rejects[0]["line"] == "25"
    assert rejects[0]["code"] == "moment_invalid"
    assert rejects[0]["unique_key"] == "T023"
    quotes = next(row for row in rejects if row["code"] == "quotes_broken")
    assert quotes["raw"].startswith('T034,NYCC51,2019-03-02,2019-03-03,Aging,"Senior" Centers')
    repeats = list(rows_of(tmp_path / "rejects.csv.repeats.csv"))
    assert [(r["line"], r["first_line"], r["outcome"], r["column"]) for r in repeats] == [
        ("37", "2", "nothing_new", ""),
        ("38", "4", "filled", "closedate"),
        ("39", "9", "conflict", "zip"),
        ("40", "7", "filled", "zip"),
        ("40", "7", "conflict", "zip"),
        ("41", "26", "filled", "opendate"),
    ]
    remarks = list(rows_of(tmp_path / "rejects.csv.remarks.csv"))
    assert len(remarks) == 8


def test_a_list_opened_in_a_spreadsheet_runs_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    refusal = Refusal(2, Refused.TEXT_MISSING, "why", {"a": '=HYPERLINK("x")', "b": "-1"})
    with RowLists(path, ("a", "b")) as lists:
        lists.add(refusal)
    (row,) = rows_of(path)
    assert (row["a"], row["b"]) == ('\'=HYPERLINK("x")', "'-1")


def test_damaged_bytes_survive_into_the_list_as_escapes(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with RowLists(path, ("a",)) as lists:
        lists.add(Refusal(2, Refused.TEXT_MISSING, "why", {"a": "\udcff?"}))
    (row,) = rows_of(path)
    assert row["a"] == "\\udcff?"


def test_a_heading_that_does_not_fit_the_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("message_id,subject\n1,x\n")
    with pytest.raises(FileUnreadable, match="created_at"):
        outcomes(path, MESSAGES)
    heading = (TWINS / "messages_40.csv").read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{heading},phone\n")
    with pytest.raises(FileUnreadable, match="phone"):
        outcomes(path, MESSAGES)
