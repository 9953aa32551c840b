"""Which version of something somebody read: a digest of what it says (docs/adr/0106)."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import StaleVersion

LENGTH: Final = 32


class ChangedMeanwhile(StaleVersion):
    """What was read does not stand any more; `extra["tag"]` is the current one."""

    message = _("此设置刚刚被他人更改，请查看最新内容后再试；您填写的内容已保留。")


def tag_of(said: object) -> str:
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def require_unchanged(seen: str | None, now: str) -> None:
    """Ask it under the lock of the change. None is for who read nothing: releases and the demo.
    Raises ChangedMeanwhile."""
    if seen is not None and seen != now:
        raise ChangedMeanwhile(tag=now)
