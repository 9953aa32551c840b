"""Rows of a CSV or XLSX file, plain or gzipped, told apart by content, one at a time.

Nothing is held but the current row (and a workbook's shared strings), so memory does
not grow with the number of rows.
"""

import codecs
import csv
import gzip
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, cast

from django.utils.translation import gettext as _

from complaints.imports.reasons import Refused
from complaints.imports.spreadsheet import sheet_rows
from core.errors import InvalidInput

GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WIDE_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CHUNK: Final = 1 << 20
# Above this share of undecodable places among the non-ASCII ones a guess is wrong.
DAMAGE_TOLERATED: Final = 0.2
_DAMAGED = re.compile("[\udc80-\udcff\x00]")
_WIDE = re.compile("[^\x00-\x7f]")


class FileUnreadable(InvalidInput):
    """The file as a whole cannot be read; the message says why and what to do."""

    code = "file_unreadable"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record: `line` is where it begins, counted from 1 with the heading included.

    A damaged row has `damage`, and `raw` when its columns could not be told apart;
    `expected` and `found` are numbers of columns.
    """

    line: int
    values: dict[str, str]
    damage: Refused | None = None
    raw: str = ""
    expected: int = 0
    found: int = 0


@dataclass
class Table:
    """An open file. `rows()` may be called again and then starts anew."""

    stream: IO[bytes]
    encoding: str
    delimiter: str = ","
    sheet: str = ""
    columns: tuple[str, ...] = ()
    blank_lines: int = field(default=0, init=False)

    @property
    def is_workbook(self) -> bool:
        return not self.encoding

    def rows(self) -> Iterator[SourceRow]:
        self.blank_lines = 0
        try:
            yield from self._workbook_rows() if self.is_workbook else self._text_rows()
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileUnreadable(_("压缩文件不完整或已损坏")) from error

    def _workbook_rows(self) -> Iterator[SourceRow]:
        self.stream.seek(0)
        try:
            numbered = sheet_rows(self.stream, self.sheet)
            self._take_heading(next(numbered, (0, []))[1])
            for line, cells in numbered:
                width = max((i for i, cell in enumerate(cells, 1) if cell), default=0)
                if width == 0:
                    self.blank_lines += 1
                    continue
                padded = cells[: max(width, len(self.columns))]
                padded += [""] * (len(self.columns) - len(padded))
                yield self._row(line, padded, "\t".join(padded))
        except LookupError as error:
            raise FileUnreadable(_("工作簿中没有工作表“%s”") % self.sheet) from error
        except (zipfile.BadZipFile, ValueError) as error:
            raise FileUnreadable(_("不是可读取的 XLSX 工作簿")) from error

    def _text_rows(self) -> Iterator[SourceRow]:
        self.stream.seek(0)
        text = io.TextIOWrapper(self.stream, self.encoding, "mark-damaged", newline="")
        try:
            yield from self._csv_rows(text)
        finally:
            text.detach()

    def _csv_rows(self, text: IO[str]) -> Iterator[SourceRow]:
        lines = _Remembered(text)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        self._take_heading(_heading(reader))
        while True:
            start = reader.line_num + 1
            lines.forget()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                _raise_if_endless(error, start)
                yield SourceRow(start, {}, Refused.QUOTES_BROKEN, lines.seen())
                continue
            if cells:
                yield self._row(start, cells, lines.seen())
            else:
                self.blank_lines += 1

    def _row(self, line: int, cells: list[str], raw: str) -> SourceRow:
        expected, found = len(self.columns), len(cells)
        if found != expected:
            return SourceRow(line, {}, Refused.COLUMN_COUNT, raw, expected, found)
        values = dict(zip(self.columns, cells, strict=True))
        damage = Refused.BYTES_DAMAGED if _DAMAGED.search(raw) else None
        return SourceRow(line, values, damage)

    def _take_heading(self, cells: list[str]) -> None:
        columns = tuple(cell.strip() for cell in cells)
        while columns and not columns[-1] and self.is_workbook:
            columns = columns[:-1]
        if not columns:
            raise FileUnreadable(_("文件是空的：第一行应是列名"))
        twice = sorted({name for name in columns if not name or columns.count(name) > 1})
        if twice:
            raise FileUnreadable(_("列名重复或为空：%s") % "、".join(repr(n) for n in twice))
        self.columns = columns


@contextmanager
def open_table(
    path: Path, *, delimiter: str = ",", sheet: str = "", encoding: str = ""
) -> Iterator[Table]:
    """Raises FileUnreadable where content, encoding or heading make no table."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileUnreadable(_("打不开文件 %(path)s：%(why)s") % _why(path, error)) from error
    with file:
        try:
            yield _table(_unpacked(file), delimiter, sheet, encoding)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileUnreadable(_("压缩文件不完整或已损坏")) from error


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    packed = file.read(len(GZIP)) == GZIP
    file.seek(0)
    if not packed:
        return file
    stream = cast(IO[bytes], gzip.GzipFile(fileobj=file))
    is_workbook = stream.read(len(ZIP)) == ZIP
    stream.seek(0)
    if not is_workbook:
        return stream
    # A workbook is read back and forth, which gzip can only do by starting over.
    spool = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the table
    shutil.copyfileobj(stream, spool)
    spool.seek(0)
    return spool


def _table(stream: IO[bytes], delimiter: str, sheet: str, encoding: str) -> Table:
    head = stream.read(4)
    if head == OLD_EXCEL:
        raise FileUnreadable(_("这是旧式 .xls 工作簿，请另存为 .xlsx 或 CSV"))
    if head.startswith(WIDE_ENCODINGS):
        raise FileUnreadable(_("这是 UTF-16 文本，请另存为 UTF-8 编码的 CSV"))
    known = "" if head == ZIP else encoding or detect_encoding(stream)
    table = Table(stream, known, delimiter, sheet)
    next(table.rows(), None)
    return table


def detect_encoding(stream: IO[bytes]) -> str:
    """UTF-8 or GB18030; raises FileUnreadable where the bytes are neither.

    A few damaged places do not change the guess: those rows are refused one by one.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        damaged, wide = _damage(stream, encoding)
        if damaged <= wide * DAMAGE_TOLERATED:
            return encoding
    raise FileUnreadable(_("文字既不是 UTF-8 也不是 GB18030，请另存为 UTF-8 编码的 CSV"))


def _damage(stream: IO[bytes], encoding: str) -> tuple[int, int]:
    """How many places cannot be decoded, and how many are not ASCII."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)(errors="mark-damaged")
    damaged = wide = 0
    while chunk := stream.read(CHUNK):
        text = decoder.decode(chunk)
        if not text.isascii():
            damaged += len(_DAMAGED.findall(text))
            wide += len(_WIDE.findall(text))
    return damaged, wide


def _mark_damaged(error: UnicodeError) -> tuple[str, int]:
    """Stand a lone surrogate for the first undecodable byte and go on behind it.

    U+FFFD will not do: real messages hold it.  "surrogateescape" will not do either: it
    gives up on the ASCII second byte of a broken GB18030 pair.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return chr(0xDC00 + error.object[error.start]), error.start + 1


codecs.register_error("mark-damaged", _mark_damaged)


class _Remembered:
    """Physical lines, with those of the present record kept for the reject file."""

    def __init__(self, lines: IO[str]) -> None:
        self._lines = lines
        self._seen: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._seen.append(line)
            yield line

    def forget(self) -> None:
        self._seen.clear()

    def seen(self) -> str:
        return "".join(self._seen).rstrip("\r\n")


def _heading(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next((cells for cells in reader if cells), [])
    except csv.Error as error:
        raise FileUnreadable(_("列名所在的第一行引号没有闭合")) from error


def _raise_if_endless(error: csv.Error, start: int) -> None:
    """A quote never closed swallows the rows behind it: the file cannot be trusted."""
    if "unexpected end of data" in str(error) or "field limit" in str(error):
        message = _("第 %d 行打开的引号没有闭合，其后的行无法分辨") % start
        raise FileUnreadable(message) from error


def _why(path: Path, error: OSError) -> dict[str, str]:
    return {"path": str(path), "why": error.strerror or type(error).__name__}
