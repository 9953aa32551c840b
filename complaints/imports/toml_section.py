"""One table of a TOML file that says which key is wrong, and misses none."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from core.errors import InvalidInput

Result = TypeVar("Result")
_UNUSABLE = (ZoneInfoNotFoundError, ValueError, LookupError, OSError, re.error)


class MappingInvalid(InvalidInput):
    """One key of one mapping file is wrong; the message names both and says why."""

    code = "mapping_invalid"


class Section:
    """Knows its place in the file and which of its keys were asked for."""

    def __init__(self, content: dict[str, Any], file: str, place: str = "") -> None:
        self._content, self._file, self._place = content, file, place
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def wrong(self, key: str, why: str) -> MappingInvalid:
        return MappingInvalid(f"{self._file}: {self._place}{key}: {why}")

    def _take(self, key: str, wanted: type, default: object) -> Any:
        self._asked.add(key)
        value = self._content.get(key, default)
        if value is None:
            raise self.wrong(key, _("缺少这一项"))
        if not isinstance(value, wanted):
            raise self.wrong(key, _("类型不对，应为 %s") % wanted.__name__)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value: str = self._take(key, str, default)
        if not value and default is None:
            raise self.wrong(key, _("不能为空"))
        return value

    def flag(self, key: str) -> bool:
        return bool(self._take(key, bool, False))

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        values = self._take(key, list, None if default is None else list(default))
        if not all(isinstance(value, str) and value for value in values):
            raise self.wrong(key, _("应为一列非空文字"))
        return tuple(values)

    def checked(self, key: str, check: Callable[[str], Result], why: str) -> Result:
        value = self.text(key)
        try:
            return check(value)
        except _UNUSABLE as error:
            raise self.wrong(key, f"{why}（{value}）") from error

    def mapping(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self._take(key, dict, {})
        return found

    def section(self, key: str) -> "Section":
        return Section(self._take(key, dict, None), self._file, f"{self._place}{key}.")

    def optional(self, key: str) -> "Section | None":
        return self.section(key) if key in self else None

    def sections(self, key: str) -> list["Section"]:
        entries = self._take(key, list, None)
        if not all(isinstance(entry, dict) for entry in entries):
            raise self.wrong(key, _("应为一列表格（[[…]]）"))
        return [
            Section(entry, self._file, f"{self._place}{key}[{number}].")
            for number, entry in enumerate(entries)
        ]

    def finish(self) -> None:
        """Refuse keys that nobody asked for: a typing slip must not go unnoticed."""
        unknown = sorted(set(self._content) - self._asked)
        if unknown:
            raise self.wrong(unknown[0], _("不认识的键"))
