"""Writing free text: cleaned, searched for numbers that belong to somebody, and made searchable.

Identity numbers, bank cards and telephone numbers are masked in the text itself; the digits go
under the reporter's key, or nowhere when there is no reporter with a key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import FragmentKind, TextRole, Visibility
from complaints.models import SealedFragment, TextEntry, TicketEvent
from core import bigrams, detect
from core.actors import Actor, ActorKind
from core.batch import Batch
from core.errors import InvalidInput
from core.phone import PhoneInvalid, normalise
from core.rows import row
from organisation.models import Staff
from privacy.vault.registry import field_label
from privacy.vault.services.sealing import KeyRing

LONGEST: Final[dict[str, int]] = {
    TextRole.SUMMARY: 80,
    TextRole.PLACE: 200,
    TextRole.BODY: 5_000,
    # the longest answer of an authority among the real messages has 7,883
    TextRole.REPLY: 10_000,
    TextRole.NOTE: 5_000,
    TextRole.COMMENT: 2_000,
}
LONGEST_FRAGMENT: Final = 40
SEALED_FRAGMENT: Final = field_label(SealedFragment, "sealed")


@dataclass(frozen=True, slots=True)
class Saying:
    """A cleaned text about to be written."""

    role: TextRole
    visibility: Visibility
    body: str
    supersedes: TextEntry | None = None


def clean(text: str, role: TextRole, *, field: str, required: bool = True) -> str:
    """The text as it is stored. Raises InvalidInput, naming the field, when empty or too long."""
    kept = "".join(filter(_can_be_stored, text.replace("\r\n", "\n"))).strip()
    if required and not kept:
        raise InvalidInput(fields={field: [_("请填写内容。")]})
    if len(kept) > LONGEST[role]:
        message = _("最多 %(limit)d 个字，现在有 %(length)d 个。")
        values = {"limit": LONGEST[role], "length": len(kept)}
        raise InvalidInput(fields={field: [message % values]})
    return kept


def keys_for(bodies: Iterable[str], whose: Callable[[], UUID | None]) -> KeyRing | None:
    """The key under which numbers in these texts will be sealed, for `compose`; None where there is
    nothing to seal. Asked for before any row is locked: keys lie in a database of their own, and
    nobody is to wait for that behind a post or a ticket."""
    subject_id = whose() if any(map(detect.find, bodies)) else None
    return KeyRing.open([subject_id]) if subject_id is not None else None


def compose(
    batch: Batch,
    event: TicketEvent,
    sayings: Iterable[Saying],
    *,
    actor: Actor,
    subject_id: UUID | None,
    at: datetime,
    keys: KeyRing | None = None,
) -> list[TextEntry]:
    """Add the texts of an entry to a batch. `subject_id` is whose key seals what was found in them;
    one statement for that key when something was found and `keys_for` has not read it."""
    entries, found = [], []
    for saying in sayings:
        spans = _of_somebody(saying.body, actor)
        entry = batch.number(_entry(event, saying, detect.mask(saying.body, spans), actor, at))
        entries.append(entry)
        found += [
            (entry, ordinal, span.kind, saying.body[span.start : span.end])
            for ordinal, span in enumerate(spans)
        ]
    if found and subject_id is not None:
        batch.add(*_fragments(found, subject_id, keys))
    return entries


def write(
    event: TicketEvent,
    saying: Saying,
    *,
    actor: Actor,
    subject_id: UUID | None,
    at: datetime,
) -> TextEntry:
    """One more text of an event that has been written already."""
    batch = Batch()
    (entry,) = compose(batch, event, [saying], actor=actor, subject_id=subject_id, at=at)
    batch.write()
    return entry


def _entry(
    event: TicketEvent, saying: Saying, masked: str, actor: Actor, at: datetime
) -> TextEntry:
    return row(
        TextEntry,
        ticket_id=event.ticket_id,
        event_id=event.pk,
        role=saying.role,
        visibility=saying.visibility,
        author_kind=actor.kind,
        supersedes_id=saying.supersedes.pk if saying.supersedes else None,
        body=masked,
        tokens=bigrams.vector(masked),
        created_at=at,
    )


def _can_be_stored(character: str) -> bool:
    """Control characters are typing accidents, and PostgreSQL refuses the first of them."""
    return character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}


def _of_somebody(body: str, actor: Actor) -> list[detect.Span]:
    """What was found, but for work telephones in what staff write: those are meant to be called."""
    spans = detect.find(body)
    phones = {span: _written(body, span) for span in spans if span.kind is detect.Kind.PHONE}
    if actor.kind is not ActorKind.STAFF or not phones:
        return spans
    written = {form for forms in phones.values() for form in forms}
    ours = set(Staff.objects.filter(work_phone__in=written).values_list("work_phone", flat=True))
    return [span for span in spans if not ours & phones.get(span, set())]


def _written(body: str, span: detect.Span) -> set[str]:
    """The forms in which a number may stand in the directory."""
    typed = body[span.start : span.end]
    digits = "".join(filter(str.isdecimal, typed))
    try:
        return {typed, digits, normalise(typed)}
    except PhoneInvalid:
        return {typed, digits}


def _fragments(
    found: Iterable[tuple[TextEntry, int, detect.Kind, str]],
    subject_id: UUID,
    keys: KeyRing | None,
) -> list[SealedFragment]:
    """Without a live key, as after an erasure, nothing is kept: the text is masked all the same."""
    ring = keys if keys is not None and keys.knows(subject_id) else KeyRing.open([subject_id])
    if subject_id not in ring.live:
        return []
    return [
        SealedFragment(
            entry=entry,
            subject_id=subject_id,
            ordinal=ordinal,
            kind=FragmentKind(kind.value),
            sealed=ring.seal(subject_id, SEALED_FRAGMENT, fragment[:LONGEST_FRAGMENT]),
        )
        for entry, ordinal, kind, fragment in found
    ]
