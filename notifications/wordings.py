"""The words of messages: what is built in for each part, which placeholders each may use, and how a
text that an administrator wrote is checked. Knows no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DeskError, Text
from notifications import placeholders
from notifications.enums import Part
from organisation.enums import Language

#: the longest text of each part
MOST_CHARACTERS: Final[Mapping[Part, int]] = {
    Part.SENTENCE: 200,
    Part.EMAIL_SUBJECT: 200,
    Part.EMAIL_BODY: 2_000,
    Part.SMS: 200,
    Part.ROBOT: 600,
}
LONGEST: Final = max(MOST_CHARACTERS.values())
#: parts of several lines: the sentence, and what the desk adds to it
SEVERAL_LINES: Final = frozenset({Part.EMAIL_BODY, Part.ROBOT})
REFERENCE: Final = "reference"
LINK: Final = "link"

Values = Mapping[str, str]
Texts = Mapping[Part, str]
"""Parts to texts with placeholders in the form in which they are kept."""
Key = tuple[str, str, str, Part]
"""Code of the wording, audience, language, part."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One message to one audience. `names` are the placeholders that it may use, with the word for
    each; `lines` follow the sentence where there is room for more than one line; `sample` shows a
    sentence as the notice it would be."""

    code: str
    audience: str
    label: Text
    sentence: Promise
    lines: tuple[Text, ...]
    names: Mapping[str, Text]
    parts: tuple[Part, ...]
    sample_values: Callable[[], Values]

    def built_in(self, part: Part = Part.SENTENCE) -> str:
        """In the language that is active."""
        lines = self.lines if part in SEVERAL_LINES else ()
        return placeholders.kept_form("\n".join(str(each) for each in (self.sentence, *lines)))

    def needed(self, part: Part) -> frozenset[str]:
        """Every text says of what it speaks, and a letter leads there; its subject may be any."""
        wanted = {Part.EMAIL_SUBJECT: set(), Part.EMAIL_BODY: {REFERENCE, LINK}}
        return frozenset(wanted.get(part, {REFERENCE}) & set(self.names))

    def allowed(self, part: Part) -> frozenset[str]:
        """An address has no place in one short line."""
        return frozenset(self.names) - (frozenset() if part in SEVERAL_LINES else {LINK})

    def words(self) -> dict[str, str]:
        """The word for each placeholder in the language that is active."""
        return {name: str(word) for name, word in self.names.items()}


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


def in_force(wording: Wording, language: str, own: Mapping[Key, str]) -> dict[Part, str]:
    """Every part as it is kept: the company's own text, or else the built-in one, which begins with
    the company's own sentence where it has one."""
    with translation.override(language):
        built_in = {part: wording.built_in(part) for part in wording.parts}
    sentence = own.get((wording.code, wording.audience, language, Part.SENTENCE))
    found = {}
    for part in wording.parts:
        text = built_in[part]
        if sentence:
            text = sentence + text.removeprefix(built_in[Part.SENTENCE])
        found[part] = own.get((wording.code, wording.audience, language, part)) or text
    return found


def say(code: str, audience: str, values: Values, own: Mapping[Key, str]) -> dict[Part, str]:
    """What the message says in the language that is active, part by part."""
    wording = _wordings[code, audience]
    texts = in_force(wording, translation.get_language() or "", own)
    return {part: placeholders.fill(text, values) for part, text in texts.items()}


def read(wording: Wording, written: Texts) -> dict[Part, str]:
    """What somebody wrote, in the form in which it is kept. Raises WordingInvalid with words for
    the field of each part."""
    words = _every_word(wording)
    kept, faults = {}, {}
    for part in wording.parts:
        text = "\n".join(line.rstrip() for line in written.get(part, "").strip().splitlines())
        found = placeholders.read(text, words)
        kept[part] = found.text
        if wrong := [*_faults_of_text(text, part), *_faults_of_names(wording, part, found)]:
            faults[part.value] = wrong
    if faults:
        raise WordingInvalid(fields=faults)
    return kept


def _every_word(wording: Wording) -> dict[str, set[str]]:
    """Whoever reads the desk in one language may write in another."""
    words: dict[str, set[str]] = {name: {name} for name in wording.names}
    for language in Language.values:
        with translation.override(language):
            for name, word in wording.names.items():
                words[name].add(str(word))
    return words


def _faults_of_text(text: str, part: Part) -> list[Text]:
    faults: list[Text] = []
    most = MOST_CHARACTERS[part]
    lines = text.split("\n")
    if not text:
        faults.append(_("请填写文字；要恢复内置文字，请选择“恢复内置”。"))
    if len(text) > most:
        faults.append(_("最多 %(most)d 个字符。") % {"most": most})
    if len(lines) > 1 and part not in SEVERAL_LINES:
        faults.append(_("只能写一行。"))
    if not all(line.isprintable() for line in lines):
        faults.append(_("不能有控制字符。"))
    return faults


def _faults_of_names(wording: Wording, part: Part, found: placeholders.Read) -> list[Text]:
    faults: list[Text] = []
    words, allowed = wording.words(), wording.allowed(part)
    named = placeholders.names_in(found.text)
    strange = [*found.unknown, *(words[name] for name in sorted(named & set(words) - allowed))]
    if strange:
        faults.append(
            _("这里不能用 %(names)s；可以用 %(known)s。")
            % {
                "names": _braced(strange),
                "known": _braced(word for name, word in words.items() if name in allowed),
            }
        )
    if missing := [words[name] for name in words if name in wording.needed(part) - named]:
        faults.append(_("缺少 %(names)s。") % {"names": _braced(missing)})
    if found.stray:
        faults.append(
            _("花括号只能成对包住占位符，如 %(example)s。")
            % {"example": _braced([next(iter(words.values()))])}
        )
    return faults


def _braced(words: Iterable[str]) -> str:
    return "、".join("{" + word + "}" for word in words)
