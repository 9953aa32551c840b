"""The draw: which members of a frozen frame are inspected.

Documented so that anyone can repeat it, row by row, from the frame hash, the seed and the plan:

1. The seed is 32 random bytes, written as 64 hexadecimal digits. Its SHA-256 is published before
   the frame is frozen, so neither the frame nor the seed can be chosen with the other in view.
2. Each member gets the key SHA-256(label ‖ seed ‖ frame hash ‖ public id): label and public id in
   ASCII, seed and frame hash as their 32 bytes.
3. In each stratum the members with the smallest keys are drawn, as many as the plan says.
4. The drawn of all strata are numbered from 1 by their keys. Whoever inspects in this order and
   has to stop early still has a random sample of each stratum.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from heapq import nsmallest
from typing import NamedTuple
from uuid import UUID

LABEL = b"jinke-desk-draw/1:"
SEED_BYTES = 32


class Drawn(NamedTuple):
    ordinal: int
    stratum: str
    public_id: UUID


class PlanExceedsStratum(ValueError):
    """The plan wants more members than a stratum has, or names a stratum that is not there."""


def new_seed() -> str:
    return secrets.token_hex(SEED_BYTES)


def commit(seed: str) -> str:
    """The hash of the seed's bytes, to be published before the cut-off."""
    return hashlib.sha256(_bytes(seed)).hexdigest()


def is_committed(seed: str, commitment: str) -> bool:
    return hmac.compare_digest(commit(seed), commitment)


def draw(
    members: Mapping[str, Iterable[UUID]], plan: Mapping[str, int], *, frame_hash: str, seed: str
) -> list[Drawn]:
    """Draw `plan[stratum]` members of each stratum, in the order of inspection.

    The order in which members are given does not matter.
    """
    before = prefix(frame_hash=frame_hash, seed=seed)
    if missing := set(plan) - set(members):
        raise PlanExceedsStratum(f"no such stratum: {', '.join(sorted(missing))}")
    keyed = []
    for stratum, wanted in plan.items():
        smallest = nsmallest(wanted, ((_key(before, who), who) for who in members[stratum]))
        if len(smallest) < wanted:
            raise PlanExceedsStratum(f"{stratum} has {len(smallest)} members, the plan {wanted}")
        keyed += [(key, stratum, who) for key, who in smallest]
    keyed.sort()
    return [Drawn(at, stratum, who) for at, (_, stratum, who) in enumerate(keyed, start=1)]


def prefix(*, frame_hash: str, seed: str) -> bytes:
    """What stands before the public id in every key of one draw."""
    return LABEL + _bytes(seed) + _bytes(frame_hash)


def _key(prefix: bytes, public_id: UUID) -> bytes:
    return hashlib.sha256(prefix + str(public_id).encode()).digest()


def _bytes(hexadecimal: str) -> bytes:
    raw = bytes.fromhex(hexadecimal)
    if len(raw) != SEED_BYTES:
        raise ValueError("needs 64 hexadecimal digits")
    return raw
