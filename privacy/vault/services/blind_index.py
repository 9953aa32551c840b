from __future__ import annotations

from privacy.vault.keyed_hash import index_of


def blind_index(kind: str, value: str) -> bytes:
    """32 bytes by which an encrypted value is found exactly; equal values have equal indexes.

    The caller normalises first: a phone number as E.164, an e-mail address in lower case.
    """
    return index_of(kind, value)
