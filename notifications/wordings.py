"""The sentences of messages: what is built in, which placeholders each may use, and how a text that
an administrator wrote is checked. Knows no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DeskError, Text
from notifications.registry import Rendered

MOST_CHARACTERS: Final = 200
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]")

Values = Mapping[str, str]
Key = tuple[str, str, str]
"""Code of the wording, audience, language."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence to one audience. `placeholders` are all that it may name; those that the
    built-in sentence names it must. `sample` shows a sentence as the notice it would be."""

    code: str
    audience: str
    label: Text
    sentence: Promise
    placeholders: frozenset[str]
    sample_values: Callable[[], Values]
    sample: Callable[[str], Rendered]

    @property
    def built_in(self) -> str:
        """In the language that is active; every placeholder is a text when it is filled."""
        return _PLACEHOLDER.sub(r"%(\1)s", str(self.sentence))


class WordingInvalid(DeskError):
    code = "wording_invalid"
    message = _("文字不符合要求。")


_wordings: dict[tuple[str, str], Wording] = {}


def register(wording: Wording) -> None:
    _wordings[wording.code, wording.audience] = wording


def all_wordings() -> list[Wording]:
    return list(_wordings.values())


def find(code: str, audience: str) -> Wording | None:
    return _wordings.get((code, audience))


def say(code: str, audience: str, values: Values, own: Mapping[Key, str]) -> str:
    """The sentence in the language that is active: the company's own, or the built-in one."""
    wording = _wordings[code, audience]
    text = own.get((code, audience, translation.get_language() or "")) or wording.built_in
    return fill(text, values)


def fill(text: str, values: Values) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def check(wording: Wording, text: str, language: str) -> None:
    """Raises WordingInvalid with words for the field `text`."""
    with translation.override(language):
        needed = set(_PLACEHOLDER.findall(wording.built_in))
    named = set(_PLACEHOLDER.findall(text))
    faults: list[Text] = []
    if not text:
        faults.append(_("请填写文字；要恢复内置文字，请选择“恢复内置”。"))
    if len(text) > MOST_CHARACTERS:
        faults.append(_("最多 200 个字符。"))
    if any(not character.isprintable() for character in text):
        faults.append(_("只能写一行，不含控制字符。"))
    if unknown := sorted(named - wording.placeholders):
        faults.append(_("不能使用的占位符：%(names)s") % {"names": "、".join(unknown)})
    if missing := sorted(needed - named):
        faults.append(_("缺少占位符：%(names)s") % {"names": "、".join(missing)})
    if "%" in _PLACEHOLDER.sub("", text):
        faults.append(_("百分号只能用于占位符，如 %(example)s。") % {"example": "%(reference)s"})
    if faults:
        raise WordingInvalid(fields={"text": faults})
