"""The first or a named sheet of a workbook, as numbered rows of text."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any, Final

from openpyxl import load_workbook
from openpyxl.styles.numbers import is_datetime

# A workbook keeps fifteen digits of a number; those behind are zeros that nobody wrote.
BEYOND_ITS_DIGITS: Final = 10**15


def sheet_rows(stream: IO[bytes], sheet: str = "") -> Iterator[tuple[int, list[str]]]:
    """Raises LookupError for an unknown sheet; zipfile.BadZipFile for no workbook."""
    book = load_workbook(stream, read_only=True, data_only=True)
    try:
        page: Any = book[sheet] if sheet else book.worksheets[0]
        # The size that some programs write into the sheet is wrong; read to the end.
        page.reset_dimensions()
        for number, cells in enumerate(page.iter_rows(), 1):
            yield number, [_text(cell) for cell in cells]
    finally:
        book.close()


def _text(cell: Any) -> str:
    """A cell as a CSV export would show it; a day without a time stays a day."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _moment(value, cell.number_format)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and abs(value) >= BEYOND_ITS_DIGITS:
        return f"{value:E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _moment(value: datetime, number_format: str) -> str:
    if is_datetime(number_format) == "date" and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat()
