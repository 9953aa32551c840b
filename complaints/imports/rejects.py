"""Lists of what did not simply come in: refused rows, merged repeats, assumptions made."""

import csv
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from django.utils.translation import gettext as _

from complaints.imports.merge import Absorbed
from complaints.imports.normalise import ImportedTicket
from complaints.imports.outcomes import Outcome
from complaints.imports.reasons import REMARK_TEXT, Refusal
from core.errors import InvalidInput

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
REFUSALS, REPEATS, REMARKS = "", ".repeats.csv", ".remarks.csv"
HEADINGS: Final = {
    REFUSALS: ("line", "code", "reason"),
    REPEATS: ("line", "first_line", "key", "outcome", "column", "kept", "dropped"),
    REMARKS: ("line", "key", "code", "remark"),
}


class ListUnusable(InvalidInput):
    """A list cannot be written where it was asked for, or not be continued."""

    code = "list_unusable"


class RowLists:
    """Writes three CSV files side by side, in UTF-8 as spreadsheets open it.

    `FILE` takes the refused rows with line, code, reason and all original columns;
    `FILE.repeats.csv` one line for each value of a repeat that was filled or dropped;
    `FILE.remarks.csv` each row that came in on an assumption, and which.

    `sizes()` is how far they are written; given back as `resume_at`, what a killed run
    wrote behind that point is cut off.  Only lists of an earlier import are overwritten.
    """

    def __init__(
        self, path: Path, columns: tuple[str, ...], resume_at: Mapping[str, int] | None = None
    ) -> None:
        self.path, self.columns, self._resume_at = path, columns, resume_at
        self._stack = ExitStack()
        self._files: dict[str, IO[str]] = {}

    def __enter__(self) -> Self:
        for ending in HEADINGS:
            try:
                file = self._continued(ending) if self._resume_at else self._begun(ending)
            except OSError as error:
                self._stack.close()
                message = _("写不了清单 %(path)s：%(why)s")
                why = {"path": str(self._place(ending)), "why": error.strerror or ""}
                raise ListUnusable(message % why) from error
            self._files[ending] = self._stack.enter_context(file)
        if not self._resume_at:
            self._write_headings()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def add(self, outcome: Outcome) -> None:
        if isinstance(outcome, Refusal):
            self._refuse(outcome)
        elif isinstance(outcome, Absorbed):
            self._repeat(outcome)
        elif outcome.remarks:
            self._remark(outcome)

    def sizes(self) -> dict[str, int]:
        """Bytes of each list that are safely on disk."""
        return {ending: _synced(file) for ending, file in self._files.items()}

    def _place(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)

    def _begun(self, ending: str) -> IO[str]:
        path = self._place(ending)
        if path.exists() and not _is_a_list(path, ending):
            raise ListUnusable(_("%s 已存在，且不是导入清单；请换一个文件名") % path)
        return path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")

    def _continued(self, ending: str) -> IO[str]:
        size = (self._resume_at or {})[ending]
        file = self._place(ending).open(
            "r+", encoding="utf-8", errors="backslashreplace", newline=""
        )
        file.truncate(size)
        file.seek(0, os.SEEK_END)
        return file

    def _write_headings(self) -> None:
        for ending, heading in HEADINGS.items():
            more = (*self.columns, "raw") if ending == REFUSALS else ()
            self._write(ending, *heading, *more)

    def _refuse(self, refusal: Refusal) -> None:
        fields = [refusal.fields.get(column, "") for column in self.columns]
        start = [str(refusal.line), refusal.code, refusal.reason]
        self._write(REFUSALS, *start, *fields, refusal.raw)

    def _repeat(self, row: Absorbed) -> None:
        start = (str(row.line), str(row.into or ""), row.key)
        for column, value in row.filled.items():
            self._write(REPEATS, *start, "filled", column, value, "")
        for conflict in row.conflicts:
            self._write(REPEATS, *start, "conflict", *conflict)
        if not row.filled and not row.conflicts:
            self._write(REPEATS, *start, "nothing_new", "", "", "")

    def _remark(self, ticket: ImportedTicket) -> None:
        for remark in ticket.remarks:
            self._write(REMARKS, str(ticket.line), ticket.key, remark, str(REMARK_TEXT[remark]))

    def _write(self, ending: str, *cells: str) -> None:
        csv.writer(self._files[ending]).writerow(map(_inert, cells))


def _inert(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is opened with an apostrophe."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _synced(file: IO[str]) -> int:
    file.flush()
    os.fsync(file.fileno())
    return os.fstat(file.fileno()).st_size


def _is_a_list(path: Path, ending: str) -> bool:
    """Or nothing at all, as a run leaves it that was killed before it wrote anything."""
    if path.stat().st_size == 0:
        return True
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.readline().startswith(",".join(HEADINGS[ending]))
