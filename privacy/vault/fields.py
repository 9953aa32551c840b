from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from privacy.vault.crypto import OVERHEAD

BYTES_PER_CHARACTER = 4  # the longest in UTF-8


class SealedField(models.BinaryField):
    """A text under its subject's key, as `services.sealing.seal` returns it.

    `max_plain_length` counts characters of the text; the column refuses anything longer, and
    anything too short to have been sealed.
    """

    def __init__(self, *args: Any, max_plain_length: int, **kwargs: Any) -> None:
        self.max_plain_length = max_plain_length
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "max_plain_length": self.max_plain_length}

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        column = connection.ops.quote_name(self.column or self.name)
        longest = OVERHEAD + BYTES_PER_CHARACTER * self.max_plain_length
        return f"octet_length({column}) BETWEEN {OVERHEAD} AND {longest}"
