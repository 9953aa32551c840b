"""Every change of a ticket's own fields: who, when, what was and what is. The only page that reads
the history tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from django.db.models import Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.enums import Action, Channel, Entry, Kind, Severity, State
from complaints.models import Category, Policy, Ticket
from console import words
from organisation.models import Building, Post, Unit
from residents.models import KeyAccount

#: in the order of the page; what is not named here says nothing to people
FIELDS: Final[Mapping[str, Promise]] = {
    "state": _("状态"),
    "post_id": _("岗位"),
    "kind": _("类型"),
    "category_id": _("类别"),
    "severity": _("级别"),
    "channel": _("渠道"),
    "unit_id": _("小区"),
    "building_id": _("楼栋"),
    "account_id": _("大客户"),
    "policy_id": _("时限规则"),
    "level": _("升级到"),
    "cycle": _("第几轮"),
    "resolved_at": _("解决时间"),
    "ended_at": _("结束时间"),
    "next_step_at": _("系统下次查看"),
}
_CHOICES: Final = {"state": State, "kind": Kind, "severity": Severity, "channel": Channel}
_MODELS: Final[Mapping[str, type[Model]]] = {
    "post_id": Post,
    "category_id": Category,
    "unit_id": Unit,
    "building_id": Building,
    "account_id": KeyAccount,
    "policy_id": Policy,
}
_REASONS: Final = {**dict(Action.choices), **dict(Entry.choices), "submit": _("受理")}


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """One row of history: the act and what it changed."""

    at: datetime
    who: str
    why: str
    changes: list[Change]


def versions(ticket: Ticket) -> list[Version]:
    """Newest first; as many statements as there are kinds of rows to name."""
    rows = list(
        ticket.history.select_related("history_user").order_by("history_date", "history_id")
    )
    names = _names(rows)
    pairs = [(None, rows[0]), *pairwise(rows)] if rows else []
    return [_version(before, after, names) for before, after in reversed(pairs)]


def _version(before: Any, after: Any, names: Mapping[str, Mapping[int, str]]) -> Version:
    changes = [
        Change(str(label), _said(field, before, names), _said(field, after, names))
        for field, label in FIELDS.items()
        if before is None or getattr(before, field) != getattr(after, field)
    ]
    return Version(
        at=after.history_date,
        who=after.history_user.name if after.history_user else str(_("系统")),
        why=str(_REASONS.get(after.history_change_reason or "", after.history_change_reason or "")),
        changes=[change for change in changes if change.before or change.after],
    )


def _said(field: str, row: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    value = getattr(row, field) if row is not None else None
    if value in (None, ""):
        return ""
    if field in _CHOICES:
        return str(_CHOICES[field](value).label)
    if field in names:
        return names[field].get(value, str(value))
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _names(rows: Sequence[Any]) -> dict[str, dict[int, str]]:
    return {
        field: _named(model, {getattr(row, field) for row in rows} - {None})
        for field, model in _MODELS.items()
    }


def _named(model: type[Model], keys: Iterable[int]) -> dict[int, str]:
    found = model._default_manager.filter(pk__in=list(keys))
    if model is Post:
        found = found.select_related("unit", "role")
    return {row.pk: _name(row) for row in found}


def _name(row: Model) -> str:
    return words.category_name(row) if isinstance(row, Category) else str(row)
