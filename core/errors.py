"""What services raise. An error carries a stable code and words for people, and knows no HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DeskError(Exception):
    """Base of all refusals that a person should read.

    `code` is stable and for machines, `message` is translated when shown, `fields` maps a field to
    its messages, `extra` holds facts that are no secret (the current version, when to try again).
    """

    code: str = "refused"
    message: Text = _("操作未被接受。")

    def __init__(
        self,
        message: Text | None = None,
        *,
        fields: dict[str, list[Text]] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(self.code)
        self.message = message if message is not None else self.message
        self.fields = fields or {}
        self.extra = extra

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DeskError):
    code = "not_allowed"
    message = _("您没有进行此操作的权限。")


class NotFound(DeskError):
    """Also raised for what exists outside the actor's scope: the two must look the same."""

    code = "not_found"
    message = _("没有找到。")


class InvalidInput(DeskError):
    code = "invalid_input"
    message = _("请检查填写的内容。")


class InvalidTransition(DeskError):
    code = "invalid_transition"
    message = _("当前状态下不能进行此操作。")


class StaleVersion(DeskError):
    """Somebody changed the object since it was read; `extra["version"]` is the current one."""

    code = "stale_version"
    message = _("此工单刚刚被他人更新，请查看最新内容后再试；您填写的内容已保留。")


class LimitReached(DeskError):
    code = "limit_reached"
    message = _("操作过于频繁，请稍后再试。")

    def __init__(self, message: Text | None = None, *, retry_at: datetime) -> None:
        super().__init__(message, retry_at=retry_at)


class Busy(DeskError):
    """Others wanted the same rows in the same moment, and were faster each time or held them for as
    long as anybody waits. Nothing was written: the same again may well succeed."""

    code = "busy"
    message = _("此刻有他人正在处理同一事项，请稍后再试。")


class IdempotencyConflict(DeskError):
    code = "idempotency_conflict"
    message = _("此幂等键已用于另一份内容，请换一个新的键。")


class IdempotencyInProgress(DeskError):
    code = "idempotency_in_progress"
    message = _("同一请求仍在处理中，请稍后重试。")
