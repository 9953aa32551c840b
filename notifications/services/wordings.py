"""The company's own sentences: written in versions, taken back by a version more."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from core.actors import Actor
from core.errors import NotAllowed, NotFound
from notifications import wordings
from notifications.models import WordingVersion
from notifications.wordings import Key, Wording
from organisation import access
from organisation.enums import Language
from privacy.vault.enums import LedgerKind
from privacy.vault.names import WORDING_LOCK
from privacy.vault.services import ledger

MANAGE: Final = "organisation.manage"


def in_force() -> dict[Key, str]:
    """The texts that replace built-in ones, read for each list of notices."""
    newest = WordingVersion.objects.order_by("template", "audience", "language", "-version")
    rows = newest.distinct("template", "audience", "language")
    return {(row.template, row.audience, row.language): row.text for row in rows if row.text}


def history(code: str, audience: str, language: str) -> list[WordingVersion]:
    """Newest first."""
    found = WordingVersion.objects.filter(template=code, audience=audience, language=language)
    return list(found.select_related("author").order_by("-version"))


@transaction.atomic
def change(
    code: str, audience: str, language: str, text: str, *, actor: Actor, at: datetime
) -> WordingVersion:
    """Raises NotAllowed, NotFound or WordingInvalid."""
    author = _author(actor)
    wording = _find(code, audience, language)
    cleaned = text.strip()
    wordings.check(wording, cleaned, language)
    return _write(wording, language, cleaned, author, at)


@transaction.atomic
def revert(
    code: str, audience: str, language: str, version: int, *, actor: Actor, at: datetime
) -> WordingVersion:
    """Back to what a version said; version 0 is the built-in text."""
    author = _author(actor)
    wording = _find(code, audience, language)
    text = ""
    if version:
        kept = WordingVersion.objects.filter(
            template=code, audience=audience, language=language, version=version
        ).first()
        if kept is None:
            raise NotFound
        text = kept.text
    return _write(wording, language, text, author, at)


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


def _write(wording: Wording, language: str, text: str, author: int, at: datetime) -> WordingVersion:
    """One version after another, also when two write at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WORDING_LOCK])
    before = WordingVersion.objects.filter(
        template=wording.code, audience=wording.audience, language=language
    ).count()
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
        version=before + 1,
        text=text,
        author_id=author,
        created_at=at,
    )
