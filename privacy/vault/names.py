"""Names that must agree in more than one place."""

from __future__ import annotations

from typing import Final

KEYS_ALIAS: Final = "keys"

# No free text enters an append-only table: codes and references have these shapes and no other.
CODE_SHAPE: Final = r"^[a-z][a-z0-9_]{0,39}$"
REFERENCE_SHAPE: Final = r"^[A-Za-z0-9-]{0,36}$"
LABEL_SHAPE: Final = r"^[a-z][a-z0-9_.]{0,79}$"
