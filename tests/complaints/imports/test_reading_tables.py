from __future__ import annotations

import gzip
import io
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from complaints.imports.reading import FileUnreadable, SourceRow, open_table
from complaints.imports.reasons import Refused


def read(path: Path, **options: str) -> list[SourceRow]:
    with open_table(path, **options) as table:
        return list(table.rows())


def write(folder: Path, content: bytes | str) -> Path:
    path = folder / "file"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_rows_carry_the_line_on_which_they_begin(tmp_path: Path) -> None:
    path = write(tmp_path, 'key,text\n1,"two\nlines"\n\n2,one\n')
    with open_table(path) as table:
        assert [(row.line, row.values["text"]) for row in table.rows()] == [
            (2, "two\nlines"),
            (5, "one"),
        ]
        assert table.blank_lines == 1


def test_rows_can_be_read_twice(tmp_path: Path) -> None:
    with open_table(write(tmp_path, "key\n1\n2\n")) as table:
        assert [r.values for r in table.rows()] == [r.values for r in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encoding_is_found_by_content(tmp_path: Path, encoding: str) -> None:
    text = "编号,内容\n甲,电梯停运，请修理\n乙,楼道有异味\n"
    rows = read(write(tmp_path, text.encode(encoding)))
    assert [row.values for row in rows] == [
        {"编号": "甲", "内容": "电梯停运，请修理"},
        {"编号": "乙", "内容": "楼道有异味"},
    ]


def test_gzip_is_found_by_content(tmp_path: Path) -> None:
    assert read(write(tmp_path, gzip.compress(b"key\n7\n")))[0].values == {"key": "7"}


def test_few_damaged_bytes_damage_their_row_only(tmp_path: Path) -> None:
    good = "".join(f"{n},这一行是好的\n" for n in range(20)).encode()
    rows = read(write(tmp_path, b"key,text\n" + good + b"20,\xe8\xbf\xff\n" + b"21,ok\n"))
    assert [row.line for row in rows if row.damage] == [22]
    assert rows[20].damage is Refused.BYTES_DAMAGED
    assert rows[21].values == {"key": "21", "text": "ok"}


def test_a_broken_pair_in_gb18030_damages_its_row_only(tmp_path: Path) -> None:
    good = "".join(f"{n},这一行是好的\n" for n in range(20)).encode("gb18030")
    rows = read(write(tmp_path, b"key,text\n" + good + b"20,\xb5 x\n" + b"21,ok\n"))
    assert [row.line for row in rows if row.damage] == [22]


def test_a_zero_byte_damages_its_row(tmp_path: Path) -> None:
    rows = read(write(tmp_path, b"key,text\n1,a\x00b\n2,c\n"))
    assert [row.damage for row in rows] == [Refused.BYTES_DAMAGED, None]


def test_bytes_of_no_known_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="GB18030"):
        read(write(tmp_path, b"key\n" + b"\xff\xfe\xfd\n" * 30))


def test_utf_16_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="UTF-16"):
        read(write(tmp_path, "key\n1\n".encode("utf-16")))


def test_a_declared_encoding_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "key\ncafé\n".encode("latin-1"))
    assert read(path, encoding="latin-1")[0].values == {"key": "café"}


def test_too_many_and_too_few_columns_are_damage(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "a,b\n1\n1,2\n1,2,3\n"))
    assert [(row.damage, row.raw, row.found) for row in rows] == [
        (Refused.COLUMN_COUNT, "1", 1),
        (None, "", 0),
        (Refused.COLUMN_COUNT, "1,2,3", 3),
    ]


def test_broken_quotes_damage_their_row_only(tmp_path: Path) -> None:
    rows = read(write(tmp_path, 'a,b\n1,"x" y\n2,z\n'))
    assert [(row.line, row.damage, row.raw) for row in rows] == [
        (2, Refused.QUOTES_BROKEN, '1,"x" y'),
        (3, None, ""),
    ]


@pytest.mark.parametrize("tail", ["2,z\n", "2,z\n" * 50_000])
def test_a_quote_never_closed_refuses_the_file(tmp_path: Path, tail: str) -> None:
    with pytest.raises(FileUnreadable, match="第 3 行"):
        read(write(tmp_path, 'a,b\n1,x\n2,"open\n' + tail))


def test_a_cut_off_gzip_refuses_the_file(tmp_path: Path) -> None:
    packed = gzip.compress(b"key\n" + b"".join(b"%d\n" % n for n in range(50_000)))
    with pytest.raises(FileUnreadable, match="压缩"):
        read(write(tmp_path, packed[: len(packed) // 2]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空"),
        (b"a,a\n1,2\n", "'a'"),
        (b"a,\n1,2\n", "''"),
        (b"\xd0\xcf\x11\xe0old", ".xls"),
        (b"PK\x03\x04broken", "XLSX"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(FileUnreadable, match=words):
        read(write(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="nowhere"):
        read(tmp_path / "nowhere")


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(["key", "day", "moment", "number", "text"])
    sheet.append([1, date(2019, 2, 3), datetime(2019, 2, 3, 9, 30), 10003.0, "甲"])
    sheet.append([])
    sheet.append([2, None, datetime(2019, 2, 3), 0.5, "=1+1"])
    for row in (2, 4):
        sheet.cell(row, 2).number_format = "yyyy-mm-dd"
        sheet.cell(row, 3).number_format = "yyyy-mm-dd hh:mm"
    second = book.create_sheet("第二页")
    second.append(["key"])
    second.append(["x"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_workbook_reads_like_its_csv(tmp_path: Path, pack: type[bytes]) -> None:
    with open_table(write(tmp_path, pack(workbook()))) as table:
        rows = list(table.rows())
        assert table.blank_lines == 1
    assert [row.line for row in rows] == [2, 4]
    assert rows[0].values == {
        "key": "1",
        "day": "2019-02-03",
        "moment": "2019-02-03T09:30:00",
        "number": "10003",
        "text": "甲",
    }
    assert rows[1].values["moment"] == "2019-02-03T00:00:00"
    assert rows[1].values["number"] == "0.5"


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, workbook())
    assert read(path, sheet="第二页")[0].values == {"key": "x"}
    with pytest.raises(FileUnreadable, match="第三页"):
        read(path, sheet="第三页")
