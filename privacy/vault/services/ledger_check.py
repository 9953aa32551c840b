"""Checks the ledger against its chain, and the chain against what was published of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Exists, OuterRef

from privacy.vault import outside
from privacy.vault.errors import RecordOutsideBroken
from privacy.vault.models import LedgerEntry, LedgerSeal, LedgerSealMember
from privacy.vault.services.ledger import FIRST_HASH, LATEST_COMMIT, digest_of, hash_of

SEALS_AT_ONCE: Final = 200


class Fault(StrEnum):
    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    ENTRY_UNSEALED = "entry_unsealed"
    SEAL_BROKEN = "seal_broken"
    LINK_BROKEN = "link_broken"
    HEAD_MISSING = "head_missing"
    HEAD_CHANGED = "head_changed"
    RECORD_OUTSIDE_BROKEN = "record_outside_broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """`number` is an entry's id, a seal's number or a line's number, as `fault` says."""

    fault: Fault
    number: int = 0

    def __str__(self) -> str:
        return f"{self.fault} {self.number}"


@dataclass(frozen=True, slots=True)
class _Link:
    """Where the chain stands after a seal."""

    number: int = 0
    hash: bytes = FIRST_HASH


def verify(*, at: datetime) -> list[Finding]:
    """Every fault, the earliest first; empty for an intact ledger. Reads the whole chain."""
    return [
        *_faults_of_chain(),
        *_faults_of_unsealed(at),
        *_faults_of_published_heads(),
        *_faults_of_destructions(),
    ]


def _faults_of_chain() -> Iterator[Finding]:
    link = _Link()
    while True:
        after = LedgerSeal.objects.filter(number__gt=link.number).order_by("number")
        seals = list(after[:SEALS_AT_ONCE])
        if not seals:
            return
        members, entries = _contents(seals)
        for seal in seals:
            if seal.number != link.number + 1 or bytes(seal.prev_hash) != link.hash:
                yield Finding(Fault.LINK_BROKEN, seal.number)
            yield from _faults_of_seal(seal, members[seal.number], entries)
            link = _Link(seal.number, bytes(seal.hash))


Members = list[tuple[int, bytes]]


def _contents(seals: list[LedgerSeal]) -> tuple[dict[int, Members], dict[int, LedgerEntry]]:
    members: dict[int, Members] = defaultdict(list)
    rows = LedgerSealMember.objects.filter(seal__in=seals).order_by("entry_id")
    for member in rows.iterator():
        members[member.seal_id].append((member.entry_id, bytes(member.digest)))
    ids = [entry_id for each in members.values() for entry_id, _ in each]
    return members, LedgerEntry.objects.in_bulk(ids)


def _faults_of_seal(
    seal: LedgerSeal, members: Members, entries: dict[int, LedgerEntry]
) -> Iterator[Finding]:
    for entry_id, digest in members:
        entry = entries.get(entry_id)
        if entry is None:
            yield Finding(Fault.ENTRY_MISSING, entry_id)
        elif digest_of(entry) != digest:
            yield Finding(Fault.ENTRY_CHANGED, entry_id)
    described = (seal.entries, seal.first_id, seal.last_id)
    found = (len(members), members[0][0], members[-1][0]) if members else (0, 0, 0)
    if described != found or hash_of(seal, members) != bytes(seal.hash):
        yield Finding(Fault.SEAL_BROKEN, seal.number)


def _faults_of_unsealed(at: datetime) -> Iterator[Finding]:
    sealed = LedgerSealMember.objects.filter(entry_id=OuterRef("pk"))
    late = LedgerEntry.objects.filter(~Exists(sealed), recorded_at__lt=at - LATEST_COMMIT)
    for entry_id in late.order_by("pk").values_list("pk", flat=True):
        yield Finding(Fault.ENTRY_UNSEALED, entry_id)


def _faults_of_published_heads() -> Iterator[Finding]:
    try:
        for line in outside.lines(outside.heads_path()):
            number = line.fields["number"]
            seal = LedgerSeal.objects.filter(number=number).first()
            if seal is None:
                yield Finding(Fault.HEAD_MISSING, number)
            elif bytes(seal.hash).hex() != line.fields["head"]:
                yield Finding(Fault.HEAD_CHANGED, number)
    except RecordOutsideBroken as broken:
        yield Finding(Fault.RECORD_OUTSIDE_BROKEN, broken.extra.get("line", 0))


def _faults_of_destructions() -> Iterator[Finding]:
    try:
        for _ in outside.lines(outside.destructions_path()):
            pass
    except RecordOutsideBroken as broken:
        yield Finding(Fault.RECORD_OUTSIDE_BROKEN, broken.extra.get("line", 0))
