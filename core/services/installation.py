"""What this database is for. A virtual one has another clock and sends nothing, for good."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DeskError
from core.models import Installation


class NotVirtual(DeskError):
    code = "not_virtual"
    message = _("此数据库不是虚拟库：虚拟时钟只在标记为虚拟的数据库中运行。")


class NotEmpty(DeskError):
    code = "not_empty"
    message = _("此数据库已有数据，不能标记为虚拟库。")


def require_virtual() -> None:
    if not Installation.objects.filter(virtual=True).exists():
        raise NotVirtual


@transaction.atomic
def mark_virtual(*, is_empty: bool) -> None:
    """There is no way back: what happened on another clock is not history of this company.

    Whether the database `is_empty` only the floors above can say. Raises NotEmpty.
    """
    installation = Installation.objects.select_for_update().get(id=1)
    if installation.virtual:
        return
    if not is_empty:
        raise NotEmpty
    installation.virtual = True
    installation.save(update_fields=["virtual"])
