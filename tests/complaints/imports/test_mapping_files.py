from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from complaints.imports import mapping_file
from complaints.imports.mapping import OTHER, UNCATEGORISED, KindTable
from complaints.imports.toml_section import MappingInvalid

SMALL = """
title = "t"
origin = "o"
time_zone = "Asia/Shanghai"
channel = "import"
ignored = ["extra"]
[key]
column = "id"
[received]
column = "when"
format = "%d/%m/%Y"
[unit.region]
column = "office"
pattern = "[A-Z]+"
name = "Office {value}"
[text]
subject = ["kind"]
[kinds]
column = "kind"
detail = "finer"
kind = "complaint"
empty = "uncategorised"
other = ["misc"]
[kinds.table]
"Water" = "engineering.water"
[kinds.details."Water"]
"Bill" = { category = "fees", kind = "inquiry" }
"""


def small() -> dict[str, Any]:
    return copy.deepcopy(tomllib.loads(SMALL))


def change(content: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split("/")
    for parent in parents:
        content = content.setdefault(parent, {})
    if value is None:
        del content[last]
    else:
        content[last] = value


@pytest.mark.parametrize("name", mapping_file.names())
def test_shipped_mappings_are_valid(name: str) -> None:
    mapping = mapping_file.load(name)
    assert mapping.name == name
    assert mapping.title


def test_both_data_sets_have_a_mapping() -> None:
    assert set(mapping_file.names()) >= {
        "nyc_constituent_cases",
        "citizen_messages_with_replies",
    }


def test_a_mapping_knows_its_columns() -> None:
    mapping = mapping_file.parse(small(), "small")
    assert mapping.columns() == ("id", "when", "office", "kind", "finer")
    assert mapping.missing_columns(("id", "when", "office", "kind")) == ["finer"]
    assert mapping.unused_columns(("id", "when", "extra", "phone")) == ["phone"]


def test_a_finer_kind_wins_and_an_unlisted_one_has_no_target() -> None:
    kinds = mapping_file.parse(small(), "small").kinds
    assert isinstance(kinds, KindTable)
    found = {
        (kind, finer): kinds.target({"kind": kind, "finer": finer})
        for kind, finer in [("Water", ""), ("Water", "Bill"), ("misc", ""), ("", ""), ("Wat", "")]
    }
    assert {key: target and target.category for key, target in found.items()} == {
        ("Water", ""): "engineering.water",
        ("Water", "Bill"): "fees",
        ("misc", ""): OTHER,
        ("", ""): UNCATEGORISED,
        ("Wat", ""): None,
    }


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("title", None, "small.toml: title:"),
        ("titel", "x", "small.toml: titel:"),
        ("title", "", "title"),
        ("time_zone", "Mars/Olympus", "time_zone: .*Mars/Olympus"),
        ("time_zone", 8, "time_zone"),
        ("key", None, "key"),
        ("key/column", None, r"key\.column"),
        ("key/colunm", "x", r"key\.colunm"),
        ("received/format", "soon", r"received\.format"),
        ("received/zone", "x", r"received\.zone"),
        ("unit/region/pattern", "[", r"unit\.region\.pattern"),
        ("unit/region/name", "Office", r"unit\.region\.name"),
        ("unit/city", {"value": "x"}, r"unit\.city"),
        ("text/subject", [], "text"),
        ("text/subject", "kind", r"text\.subject"),
        ("ignored", ["kind"], "ignored: .*kind"),
        ("file", {"delimiter": ";;"}, r"file\.delimiter"),
        ("file", {"encoding": "klingon"}, r"file\.encoding"),
        ("kinds/detail", None, r"kinds\.detail"),
        ("kinds/empty", None, r"kinds\.empty"),
        ("kinds/table/Water", 3, r"kinds\.table\.Water"),
        ("kinds/table/Water", {"category": "fees"}, r"kinds\.table\.Water"),
        ("kinds/table/Water", "other", r"kinds\.table\.Water: .*other"),
        ("kinds/table/Water", "uncategorised", r"kinds\.table\.Water: .*uncategorised"),
        ("kinds/other", ["Water"], r"kinds\.other: .*Water"),
        ("kinds/details/Gas", {"Leak": "engineering.gas"}, r"kinds\.details: .*Gas"),
        ("kinds/details/Water/Odd", "other", r"kinds\.details\.Water\.Odd"),
    ],
)
def test_a_wrong_key_is_named(path: str, value: object, named: str) -> None:
    content = small()
    change(content, path, value)
    with pytest.raises(MappingInvalid, match=named):
        mapping_file.parse(content, "small")


def test_an_unknown_mapping_lists_the_known_ones() -> None:
    with pytest.raises(MappingInvalid, match="citizen_messages_with_replies"):
        mapping_file.load("nothing")


def test_a_mapping_outside_the_product_is_loaded_by_path(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert mapping_file.load(str(path)).origin == "o"
    path.write_text("title =", encoding="utf-8")
    with pytest.raises(MappingInvalid, match=r"own\.toml"):
        mapping_file.load(str(path))
    with pytest.raises(MappingInvalid, match=r"gone\.toml"):
        mapping_file.load(str(tmp_path / "gone.toml"))


def test_words_are_tried_from_the_top_and_the_subject_first() -> None:
    kinds = mapping_file.load("citizen_messages_with_replies").kinds

    def category(subject: str, body: str) -> str:
        target = kinds.target({"subject": subject, "body": body})
        assert target is not None
        return target.category

    assert category("电梯噪音", "") == "lifts"
    assert category("停车难", "电梯也坏了") == "parking"
    assert category("一封信", "电梯也坏了") == "lifts"
    assert category("一封信", "说说心里话") == UNCATEGORISED
