"""Names that must agree in more than one place."""

from __future__ import annotations

from typing import Final

MAIN_ALIAS: Final = "default"
KEYS_ALIAS: Final = "keys"

# No free text enters an append-only table: codes and references have these shapes and no other.
CODE_SHAPE: Final = r"^[a-z][a-z0-9_]{0,39}$"
REFERENCE_SHAPE: Final = r"^[A-Za-z0-9-]{0,36}$"
LABEL_SHAPE: Final = r"^[a-z][a-z0-9_.]{0,79}$"

# Numbers of advisory locks; the first is also the class of the lock per member of staff, the last
# that of the lock per telephone number.
REVEAL_LOCK: Final = 74_200
SEALER_LOCK: Final = 74_201
DESTRUCTION_LOCK: Final = 74_202
EXPIRY_LOCK: Final = 74_203
WORDING_LOCK: Final = 74_204
NUMBER_LOCK: Final = 74_205
