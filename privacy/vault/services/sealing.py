"""Texts under their subject's key. `field` is `registry.field_label(Model, "column")` and must be
the same when sealing and revealing: a value moved to another column or person does not open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from privacy.vault import crypto
from privacy.vault.errors import KeyDestroyed, KeyMissing
from privacy.vault.services import keys
from privacy.vault.services.keys import FreshKey

PlainItem = tuple[UUID, str, str]
SealedItem = tuple[UUID | None, str, bytes | memoryview | None]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Open data keys of some subjects. Hold it for one call, never longer: a key destroyed
    meanwhile still opens here."""

    live: Mapping[UUID, bytes] = field(repr=False)
    destroyed: frozenset[UUID] = frozenset()

    @classmethod
    def open(cls, subject_ids: Collection[UUID]) -> KeyRing:
        """In one query."""
        opened = keys.open_keys(subject_ids)
        return cls(opened.live, opened.destroyed)

    @classmethod
    def of_fresh(cls, fresh: Iterable[FreshKey]) -> KeyRing:
        """Without a query, for people who are just being written."""
        return cls({key.subject_id: key.data_key for key in fresh})

    def knows(self, subject_id: UUID) -> bool:
        """Whether this subject's key was asked for and found, be it destroyed."""
        return subject_id in self.live or subject_id in self.destroyed

    def seal(self, subject_id: UUID, field: str, text: str) -> bytes:
        bound_to = crypto.associated_data(subject_id, field)
        return crypto.encrypt(self._key(subject_id), text.encode(), bound_to)

    def reveal(self, subject_id: UUID, field: str, sealed: bytes | memoryview) -> str:
        """Raises KeyDestroyed, KeyMissing or SealBroken."""
        bound_to = crypto.associated_data(subject_id, field)
        return crypto.decrypt(self._key(subject_id), bytes(sealed), bound_to).decode()

    def _key(self, subject_id: UUID) -> bytes:
        if subject_id in self.destroyed:
            raise KeyDestroyed
        if subject_id not in self.live:
            raise KeyMissing
        return self.live[subject_id]


def seal(subject_id: UUID, field: str, text: str) -> bytes:
    """Raises KeyDestroyed or KeyMissing: nothing is ever stored in clear instead."""
    return KeyRing.open([subject_id]).seal(subject_id, field, text)


def seal_many(items: Iterable[PlainItem]) -> list[bytes]:
    """In the order of `items`, with one query for all their keys."""
    items = list(items)
    ring = KeyRing.open({subject_id for subject_id, _, _ in items})
    return [ring.seal(*item) for item in items]


def reveal(subject_id: UUID, field: str, sealed: bytes | memoryview) -> str:
    """Raises KeyDestroyed, KeyMissing or SealBroken."""
    return KeyRing.open([subject_id]).reveal(subject_id, field, sealed)


def reveal_many(items: Iterable[SealedItem]) -> list[str | None]:
    """In the order of `items`, with one query for all their keys.

    None stands for nothing stored, a destroyed key or no key; altered bytes raise SealBroken.
    """
    items = list(items)
    wanted = {subject for subject, _, sealed in items if subject is not None and sealed is not None}
    if not wanted:
        return [None] * len(items)
    ring = KeyRing.open(wanted)
    return [
        ring.reveal(subject, field, sealed)
        if subject is not None and sealed is not None and subject in ring.live
        else None
        for subject, field, sealed in items
    ]
