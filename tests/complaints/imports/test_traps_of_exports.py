"""What spreadsheets and half-finished runs do to a history, and what is not made of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from complaints.enums import ClockState, State
from complaints.imports import mapping_file
from complaints.imports.reasons import Refusal
from complaints.models import Ticket
from complaints.services.importing import OptionsDiffer
from core.models import Job
from core.models.job import JobState
from organisation.models import Unit
from tests.complaints.imports.bringing import MESSAGES, NYC, NYC_FILE, bring_in, ticket
from tests.complaints.imports.test_outcomes_of_rows import outcomes
from tests.factories import Company

HEADING = "unique_key,account,opendate,closedate,complaint_type,descriptor,zip,borough"


def refused(path: Path) -> dict[int, str]:
    return {o.line: str(o.code) for o in outcomes(path, NYC) if isinstance(o, Refusal)}


def test_numbers_that_a_spreadsheet_rounded_are_nobody_s_keys(tmp_path: Path) -> None:
    """Of a file saved by a spreadsheet, two matters with one key: neither is the other's repeat."""
    rows = [
        "1.23457E+17,NYCC01,2019-01-02,,NYCHA,,10002,Manhattan",
        "1.23457E+17,NYCC02,2019-03-04,,NYCHA,,10003,Bronx",
        "2E5,NYCC01,2019-01-02,,NYCHA,,10002,Manhattan",
    ]
    path = tmp_path / "saved.csv"
    path.write_bytes("\r\n".join([HEADING, *rows, ""]).encode("utf-8-sig"))
    assert refused(path) == {2: "key_rounded", 3: "key_rounded"}


def test_a_whole_number_without_an_exponent_may_be_rounded_too(tmp_path: Path) -> None:
    """Two contracts of eighteen digits have become one: nothing but the zeros says so."""
    keys = {
        "123456789012345000": "key_ends_in_zeros",
        "1234567890123450": "key_ends_in_zeros",
        '"1,23457E+17"': "key_rounded",
        "123456789012345680.0": "key_rounded",
        # fifteen digits and fewer are whole, and so is what has more to say
        "123456789012340": "",
        "100000000000000": "",
        "500000": "",
        "123456789012345678": "",
        "1234567890123456": "",
        "000123456789012000": "",
        "HT123456789012345000": "",
    }
    rows = [f"{key},NYCC01,2019-01-02,,NYCHA,,10002,Manhattan" for key in keys]
    path = tmp_path / "saved.csv"
    path.write_text("\n".join([HEADING, *rows, ""]))
    said = {line: code for line, code in enumerate(keys.values(), 2) if code}
    assert refused(path) == said

    (first, *_) = (o for o in outcomes(path, NYC) if isinstance(o, Refusal))
    for words in ("unique_key", "123456789012345000", "文本", "exact = true"):
        assert words in first.reason

    own = tmp_path / "own.toml"
    text = mapping_file.find(NYC).read_text(encoding="utf-8")
    own.write_text(text.replace("[key]\n", "[key]\nexact = true\n"), encoding="utf-8")
    still = [o.code for o in outcomes(path, str(own)) if isinstance(o, Refusal)]
    assert still == ["key_rounded", "key_rounded"]


def test_of_a_workbook_too_and_a_date_without_its_format_is_no_day(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADING.split(","))
    for key, opened, region in (
        (123456789012345678.0, date(2019, 1, 2), "NYCC01"),
        ("T1", 43467, "NYCC01"),
        ("T2", datetime(2019, 1, 2), None),
        ("T3", date(2019, 1, 2), "NYCC01"),
    ):
        sheet.append([key, region, opened, None, "NYCHA", None, "10002", "Manhattan"])
    sheet.merge_cells("B3:B4")
    path = tmp_path / "sheet.xlsx"
    book.save(path)
    assert refused(path) == {2: "key_rounded", 3: "moment_invalid", 4: "region_missing"}


def test_the_clocks_of_an_import_are_those_it_was_begun_with(group: Unit, tmp_path: Path) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    for state in (JobState.DONE, JobState.RUNNING):
        Job.objects.update(state=state)
        with pytest.raises(OptionsDiffer, match="--adopt-clocks"):
            bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv", adopt_clocks=True)
    assert bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv").tally.imported == 23


def test_a_run_killed_before_it_wrote_anything_is_begun_again(group: Unit, tmp_path: Path) -> None:
    (tmp_path / "rejects.csv").touch()
    assert bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv").tally.imported == 23


@pytest.mark.django_db
def test_what_was_answered_owes_no_answer_any_more(tmp_path: Path) -> None:
    Company()
    text = mapping_file.find(MESSAGES).read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('[closed]\ncolumn = "replied_at"', '[closed]\ncolumn = "ended_at"'))
    assert "ended_at" in own.read_text()
    rows = [
        "message_id,user,subject,created_at,body,reply,replied_at,ended_at",
        "1,Y1,电梯停了,2025-11-08T17:30:00+08:00,三天,已修好,2025-11-11T09:30:00+08:00,",
        "2,Y2,电梯又停了,2025-11-08T17:30:00+08:00,三天,,,",
    ]
    path = tmp_path / "open.csv"
    path.write_text("\n".join(rows))

    bring_in(path, str(own), tmp_path / "rejects.csv", adopt_clocks=True)

    assert Ticket.objects.count() == 2
    answered, unsolved = ticket("1"), ticket("2")
    assert (answered.state, answered.post) == (State.RESOLVED, None)
    assert set(answered.clocks.values_list("state", flat=True)) == {ClockState.HISTORICAL}
    assert unsolved.state == State.ASSIGNED
    assert unsolved.clocks.filter(state=ClockState.RUNNING).exists()
