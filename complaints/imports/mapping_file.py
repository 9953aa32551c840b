"""Mapping files: TOML in `mappings/`, or anywhere else by path; checked key by key."""

import codecs
import re
import tomllib
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from complaints.imports.mapping import (
    OTHER,
    UNCATEGORISED,
    KeywordTable,
    KindTable,
    LegalEntityRule,
    Mapping,
    MomentRule,
    Target,
    UnitRule,
)
from complaints.imports.moments import ISO_8601
from complaints.imports.reasons import Remark
from complaints.imports.toml_section import MappingInvalid, Section

CREDIT_CODE_LENGTH: Final = 18
FOLDER: Final = Path(__file__).parent / "mappings"


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> Mapping:
    """By the name of a mapping that ships with the product, or by path to a file."""
    path = find(name)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MappingInvalid(_("打不开映射文件 %s") % path) from error
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(f"{path.name}: {error}") from error
    return parse(content, path.stem)


def find(name: str) -> Path:
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if path.parent == FOLDER and not path.is_file():
        raise MappingInvalid(
            _("没有名为“%(name)s”的映射；现有：%(names)s")
            % {"name": name, "names": "、".join(names())}
        )
    return path


def parse(content: dict[str, Any], name: str) -> Mapping:
    root = Section(content, f"{name}.toml")
    source, text, key = root.optional("file"), root.section("text"), root.section("key")
    received = root.section("received")
    answered, closed = root.optional("answered"), root.optional("closed")
    unit = root.section("unit")
    region, community = unit.section("region"), unit.optional("community")
    mapping = Mapping(
        name=name,
        title=root.text("title"),
        origin=root.text("origin"),
        zone=root.checked("time_zone", ZoneInfo, _("不是已知的时区")),
        channel=root.text("channel"),
        blanks=frozenset(word.casefold() for word in root.texts("blanks", ())),
        ignored=root.texts("ignored", ()),
        text_required=text.flag("required"),
        key=key.text("column"),
        key_exact=key.flag("exact"),
        received=_moment(received),
        reply=answered.text("reply") if answered else "",
        answered=_moment(answered) if answered else None,
        closed=_moment(closed) if closed else None,
        region=_unit(region),
        community=_unit(community) if community else None,
        legal_entity=_legal_entity(unit.section("legal_entity")) if community else None,
        kinds=_kinds(root.section("kinds")),
        subject=text.texts("subject", ()),
        body=text.texts("body", ()),
        place=text.texts("place", ()),
        encoding=_encoding(source) if source else "",
        delimiter=source.text("delimiter", ",") if source else ",",
        sheet=source.text("sheet", "") if source else "",
    )
    for section in (root, source, text, key, received, answered, closed):
        if section:
            section.finish()
    unit.finish()
    return _consistent(mapping, root)


def _consistent(mapping: Mapping, root: Section) -> Mapping:
    if not mapping.subject and not mapping.body:
        raise root.wrong("text", _("至少要有一列作标题或正文"))
    if len(mapping.delimiter) != 1:
        raise root.wrong("file.delimiter", _("应为一个字符"))
    both = set(mapping.ignored) & set(mapping.columns())
    if both:
        raise root.wrong("ignored", _("这些列已被使用：%s") % "、".join(sorted(both)))
    return mapping


def _moment(section: Section) -> MomentRule:
    layout = section.text("format")
    if layout != ISO_8601 and not {"%Y", "%y"} & set(re.findall("%.", layout)):
        raise section.wrong("format", _("应为 iso8601，或含 %Y 的日期格式"))
    return MomentRule(section.text("column"), layout)


def _unit(section: Section) -> UnitRule:
    rule = _fixed_unit(section) if "value" in section else _unit_column(section)
    section.finish()
    return rule


def _fixed_unit(section: Section) -> UnitRule:
    return UnitRule(section.text("name"), fixed=section.text("value"))


def _unit_column(section: Section) -> UnitRule:
    pattern = section.checked("pattern", re.compile, _("不是正则表达式")).pattern
    name = section.text("name")
    if "{value}" not in name:
        raise section.wrong("name", _("须含 {value}"))
    return UnitRule(name, section.text("column"), pattern)


def _legal_entity(section: Section) -> LegalEntityRule:
    code = section.text("code")
    if len(code) > CREDIT_CODE_LENGTH:
        raise section.wrong("code", _("最多 %d 个字符") % CREDIT_CODE_LENGTH)
    rule = LegalEntityRule(section.text("name"), code)
    section.finish()
    return rule


def _encoding(section: Section) -> str:
    name = section.text("encoding", "")
    return section.checked("encoding", codecs.lookup, _("不是已知的编码")).name if name else ""


def _kinds(section: Section) -> KindTable | KeywordTable:
    rule = _keywords(section) if "search" in section else _kind_table(section)
    section.finish()
    return rule


def _keywords(section: Section) -> KeywordTable:
    kind, otherwise = section.text("kind"), section.text("otherwise")
    words = []
    for entry in section.sections("words"):
        target = Target(entry.text("category"), kind)
        words += [(word, target) for word in entry.texts("words")]
        entry.finish()
    if not words:
        raise section.wrong("words", _("没有一个关键词"))
    nothing = Target(otherwise, kind, Remark.NO_KEYWORD)
    return KeywordTable(section.texts("search"), tuple(words), nothing)


def _kind_table(section: Section) -> KindTable:
    kind = section.text("kind")
    table = {name: _target(section, f"table.{name}", value, kind)
             for name, value in section.mapping("table").items()}  # fmt: skip
    for category, remark in (
        (OTHER, Remark.KIND_OTHER),
        (UNCATEGORISED, Remark.KIND_UNCATEGORISED),
    ):
        for name in section.texts(category, ()):
            if name in table:
                raise section.wrong(category, _("“%s”在 table 中已有去处") % name)
            table[name] = Target(category, kind, remark)
    details = {
        (name, finer): _target(section, f"details.{name}.{finer}", value, kind)
        for name, entries in section.mapping("details").items()
        for finer, value in entries.items()
    }
    strangers = sorted({name for name, _finer in details} - {*table, ""})
    if strangers:
        raise section.wrong("details", _("table 未列出：%s") % "、".join(strangers))
    empty = Target(section.text("empty"), kind, Remark.KIND_EMPTY)
    detail = section.text("detail", "")
    if details and not detail:
        raise section.wrong("detail", _("有 details 就须写明细类所在的列"))
    return KindTable(section.text("column"), detail, empty, table, details)


def _target(section: Section, key: str, value: object, kind: str) -> Target:
    """A category's code, or a table with `category` and `kind`."""
    if isinstance(value, str):
        target = Target(value, kind)
    elif isinstance(value, dict) and set(value) == {"category", "kind"}:
        target = Target(str(value["category"]), str(value["kind"]))
    else:
        raise section.wrong(key, _("应为类别代码，或 { category = …, kind = … }"))
    if target.category in (OTHER, UNCATEGORISED):
        raise section.wrong(key, _("归入 %s 的类别须列在同名清单里") % target.category)
    return target
