"""How the key of an outside system is written: `jk_<16 hex digits>_<64 hex digits>`."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

SECRET_BYTES: Final = 32
_WRITTEN: Final = re.compile(r"jk_([0-9a-f]{16})_([0-9a-f]{64})")
#: what a secret is compared with where there is none, so that both answers take as long
NO_HASH: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class MachineSecret:
    key_id: str
    secret: str

    @classmethod
    def read(cls, text: str) -> MachineSecret | None:
        """None for whatever is not written like a key: a device's token, for one."""
        found = _WRITTEN.fullmatch(text)
        return cls(*found.groups()) if found else None

    @classmethod
    def new(cls, key_id: str | None = None) -> MachineSecret:
        """A fresh secret, for a new key or for the one with this id."""
        return cls(key_id or secrets.token_hex(8), secrets.token_hex(SECRET_BYTES))

    @property
    def text(self) -> str:
        return f"jk_{self.key_id}_{self.secret}"

    @property
    def sha256(self) -> bytes:
        """A plain hash is enough: 256 random bits cannot be searched through."""
        return hashlib.sha256(self.secret.encode()).digest()

    def matches(self, kept: bytes | memoryview | None) -> bool:
        return hmac.compare_digest(self.sha256, bytes(kept or NO_HASH))
