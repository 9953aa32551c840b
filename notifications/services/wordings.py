"""The company's own words: written in versions, taken back by a version more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import NotAllowed, NotFound, StaleVersion
from notifications import wordings
from notifications.enums import Part
from notifications.models import WordingVersion
from notifications.wordings import Key, Texts, Wording
from organisation import access
from organisation.enums import Language
from privacy.vault.enums import LedgerKind
from privacy.vault.names import WORDING_LOCK
from privacy.vault.services import ledger

MANAGE: Final = "organisation.manage"
#: versions that the page of a message shows
HISTORY: Final = 50


class WordingChanged(StaleVersion):
    code = "wording_changed"
    message = _("别人刚改过同一段文字。请核对后再保存一次。")

    def __init__(self, changed: Texts, theirs: Collection[Part], version: int) -> None:
        super().__init__(fields={part.value: [self.message] for part in theirs}, version=version)
        self.changed = changed


def in_force() -> dict[Key, str]:
    """The texts that replace built-in ones, read for each list of notices."""
    newest = WordingVersion.objects.order_by("template", "audience", "language", "part", "-version")
    rows = newest.distinct("template", "audience", "language", "part")
    return {
        (row.template, row.audience, row.language, Part(row.part)): row.text
        for row in rows
        if row.text
    }


def history(code: str, audience: str, language: str) -> list[WordingVersion]:
    """Of all parts, newest first."""
    found = _versions(code, audience, language).select_related("author")
    return list(found.order_by("-pk")[:HISTORY])


def count(code: str, audience: str, language: str) -> int:
    """How often the message was changed: who writes says how often they saw."""
    return _versions(code, audience, language).count()


@transaction.atomic
def change(
    code: str,
    audience: str,
    language: str,
    written: Texts,
    *,
    actor: Actor,
    at: datetime,
    seen: int | None = None,
) -> list[WordingVersion]:
    """Write the whole message; returns a version for each part that is another than when its
    author saw it: after `seen` versions, or all of them.

    Raises NotAllowed, NotFound, WordingInvalid, and WordingChanged where somebody else has written
    the same part since.
    """
    author = _author(actor)
    wording = _find(code, audience, language)
    kept = wordings.read(wording, written)
    _in_turn()
    versions = list(_versions(code, audience, language).order_by("pk"))
    known = len(versions) if seen is None else seen
    before = wordings.in_force(wording, language, _own(versions[:known]))
    changed = {part: text for part, text in kept.items() if text != before[part]}
    if theirs := {Part(version.part) for version in versions[known:]} & changed.keys():
        raise WordingChanged(changed, theirs, len(versions))
    return [_write(wording, language, part, text, author, at) for part, text in changed.items()]


@transaction.atomic
def revert(
    code: str,
    audience: str,
    language: str,
    part: Part,
    version: int,
    *,
    actor: Actor,
    at: datetime,
    seen: int | None = None,
) -> WordingVersion:
    """Back to what a version said; version 0 is the built-in text. Raises NotAllowed, NotFound, and
    WordingChanged where somebody else has written since `seen` versions."""
    author = _author(actor)
    wording = _find(code, audience, language)
    if part not in wording.parts:
        raise NotFound
    text = ""
    if version:
        kept = _versions(code, audience, language).filter(part=part, version=version).first()
        if kept is None:
            raise NotFound
        text = kept.text
    _in_turn()
    now = count(code, audience, language)
    if seen is not None and seen != now:
        raise WordingChanged({}, [part], now)
    return _write(wording, language, part, text, author, at)


def _versions(code: str, audience: str, language: str) -> QuerySet[WordingVersion]:
    return WordingVersion.objects.filter(template=code, audience=audience, language=language)


def _find(code: str, audience: str, language: str) -> Wording:
    wording = wordings.find(code, audience)
    if wording is None or language not in Language.values:
        raise NotFound
    return wording


def _author(actor: Actor) -> int:
    """A sentence of the company has a person behind it."""
    access.require(actor, MANAGE)
    if actor.staff_id is None:
        raise NotAllowed
    return actor.staff_id


def _own(versions: Iterable[WordingVersion]) -> dict[Key, str]:
    """What is in force after these, the oldest first."""
    newest = {
        (each.template, each.audience, each.language, Part(each.part)): each.text
        for each in versions
    }
    return {key: text for key, text in newest.items() if text}


def _in_turn() -> None:
    """One version after another, also when two write at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WORDING_LOCK])


def _write(
    wording: Wording, language: str, part: Part, text: str, author: int, at: datetime
) -> WordingVersion:
    before = _versions(wording.code, wording.audience, language).filter(part=part).count()
    ledger.append(
        LedgerKind.WORDING_CHANGED,
        actor=Actor.staff(author),
        at=at,
        object_kind="notifications.wordingversion",
        object_count=1,
        reason_code=wording.code,
    )
    return WordingVersion.objects.create(
        template=wording.code,
        audience=wording.audience,
        language=language,
        part=part,
        version=before + 1,
        text=text,
        author_id=author,
        created_at=at,
    )
