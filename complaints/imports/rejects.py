"""Lists of what did not simply come in: refused rows, merged repeats, assumptions made."""

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from complaints.imports.merge import Absorbed
from complaints.imports.normalise import ImportedTicket
from complaints.imports.outcomes import Outcome
from complaints.imports.reasons import REMARK_TEXT, Refusal

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class RowLists:
    """Writes three CSV files side by side, opened by spreadsheets as UTF-8.

    `FILE` takes the refused rows with line, code, reason and all original columns;
    `FILE.repeats.csv` one line for each value of a repeat that was filled or dropped;
    `FILE.remarks.csv` each row that came in on an assumption, and which.
    """

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.path, self.columns = path, columns
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._refusals = self._open("", ["line", "code", "reason", *self.columns, "raw"])
        heading = ["line", "first_line", "key", "outcome", "column", "kept", "dropped"]
        self._repeats = self._open(".repeats.csv", heading)
        self._remarks = self._open(".remarks.csv", ["line", "key", "code", "remark"])
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

    def _open(self, ending: str, heading: list[str]) -> "_Writer":
        path = self.path.with_name(self.path.name + ending)
        file = self._stack.enter_context(
            path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
        )
        return _Writer(file, heading)

    def _refuse(self, refusal: Refusal) -> None:
        fields = [refusal.fields.get(column, "") for column in self.columns]
        self._refusals.write(
            [str(refusal.line), refusal.code, refusal.reason, *fields, refusal.raw]
        )

    def _repeat(self, row: Absorbed) -> None:
        start = [str(row.line), str(row.into), row.key]
        for column, value in row.filled.items():
            self._repeats.write([*start, "filled", column, value, ""])
        for conflict in row.conflicts:
            self._repeats.write([*start, "conflict", *conflict])
        if not row.filled and not row.conflicts:
            self._repeats.write([*start, "nothing_new", "", "", ""])

    def _remark(self, ticket: ImportedTicket) -> None:
        for remark in ticket.remarks:
            text = str(REMARK_TEXT[remark])
            self._remarks.write([str(ticket.line), ticket.key, remark, text])


class _Writer:
    def __init__(self, file: IO[str], heading: list[str]) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(heading)

    def write(self, cells: Iterable[str]) -> None:
        self._writer.writerow([_inert(cell) for cell in cells])


def _inert(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is opened with an apostrophe."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
