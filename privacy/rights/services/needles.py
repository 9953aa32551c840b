"""What to look for after an erasure: the person's name and contacts in every usual spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from core import phone
from privacy.rights.enums import CorrectableField
from privacy.rights.models import CorrectionRecord
from privacy.vault.registry import field_label
from privacy.vault.services import sealing
from privacy.vault.services.sealing import KeyRing
from residents.enums import ContactKind
from residents.models import Person
from residents.services import contacts, people

OLD = field_label(CorrectionRecord, "old_sealed")

#: one character is no name to search for: it would stop every text of the company
SHORTEST = 2


def of(subject_ids: Iterable[UUID]) -> tuple[str, ...]:
    """Names, numbers and addresses on file, longest first so that none hides in another."""
    found: set[str] = set()
    for subject_id in subject_ids:
        found.update(_names(subject_id))
        found.update(_former(subject_id))
        for kind, texts in contacts.texts_of(subject_id).items():
            for text in texts:
                found.update(_spellings(text) if kind == ContactKind.PHONE else [text])
    return tuple(sorted((text for text in found if len(text) >= SHORTEST), key=len, reverse=True))


def _names(subject_id: UUID) -> Iterator[str]:
    person = Person.objects.filter(pk=subject_id).first()
    if person is not None:
        name = KeyRing.open([subject_id]).reveal(subject_id, people.NAME, person.name_sealed)
        yield name


def _former(subject_id: UUID) -> Iterator[str]:
    """What corrections replaced: others may have written it down while it stood on file."""
    records = CorrectionRecord.objects.filter(subject=subject_id, old_sealed__isnull=False)
    wanted = [(subject_id, OLD, record.old_sealed) for record in records]
    for record, text in zip(records, sealing.reveal_many(wanted), strict=True):
        if not text or record.field == CorrectableField.LANGUAGE:
            continue
        yield from _spellings(text) if record.field == CorrectableField.PHONE else [text]


def _spellings(e164: str) -> Iterator[str]:
    """E.164, the national digits, and the two ways people group them."""
    yield e164
    national = e164.removeprefix("+86")
    yield national
    yield phone.display(e164)
    if len(national) == 11:
        for gap in (" ", "-"):
            yield gap.join((national[:3], national[3:7], national[7:]))
