"""The timeline in the words of the console: entries, and one quiet line for what merely moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db.models import TextChoices
from django.forms import Form
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from complaints.enums import (
    Action,
    CallResult,
    EventKind,
    Relation,
    Severity,
    StepEffect,
    TextRole,
)
from complaints.models import Attachment, Extension, Ticket, TicketEvent
from complaints.photo_form import WithPhotos
from complaints.reading import Entry
from complaints.reasons import (
    NEXT_STEP,
    Coordination,
    GradeReason,
    IpOutcome,
    RegradeReason,
    RejectReason,
    ReturnReason,
    RootCause,
)
from complaints.services import photos
from complaints.services.call_backs import UNREACHABLE
from complaints.services.one_level_up import NOT_SATISFIED
from complaints.services.returns import DECIDED
from console import words
from console.chips import LABELS
from core import reference
from core.actors import Actor, ActorKind

_ROLES: Final[dict[str, Promise]] = {
    ActorKind.REPORTER: gettext_lazy("住户"),
    ActorKind.SYSTEM: gettext_lazy("系统"),
    ActorKind.MACHINE: gettext_lazy("外部系统"),
}


def rows(
    entries: Iterable[Entry], *, channel: str = "", with_photos: bool = True
) -> list[dict[str, Any]]:
    """Data for `{% timeline %}`; `channel` says how the matter came in. Without photos, their
    number is told instead."""
    return [_row(entry, channel, with_photos) for entry in entries]


def happened(event: TicketEvent) -> str:
    """What the event did, in a few words."""
    words = _WORDS.get(event.kind)
    return words(event) if words else str(event.get_kind_display())


def author(event: TicketEvent) -> str:
    if event.staff is not None:
        return event.staff.name
    if event.machine is not None:
        return event.machine.name
    return str(_ROLES[event.actor_kind])


def photo(row: Attachment) -> dict[str, str]:
    return {
        "url": reverse("photo", args=[photos.link(row)]),
        "thumb": reverse("photo", args=[photos.link(row, thumbnail=True)]),
        "alt": _("照片 %(width)d × %(height)d") % {"width": row.width, "height": row.height},
    }


def kept(form: Form, actor: Actor) -> list[dict[str, str]]:
    """Photos that the form's draft holds already."""
    return [photo(row) for row in form.kept(actor)] if isinstance(form, WithPhotos) else []


def _row(entry: Entry, channel: str, with_photos: bool) -> dict[str, Any]:
    body = entry.text() or (_("（个人信息已删除）") if entry.erased else "")
    said = bool(body or entry.photos)
    return {
        "id": entry.id,
        "at": entry.at,
        "day": entry.day,
        "author": author(entry.event),
        "role": channel if entry.event.kind == EventKind.RECEIVED else "",
        "visibility": _visibility(entry) if said else "system",
        "kind_label": happened(entry.event),
        "body": body if said else happened(entry.event),
        "photos": [photo(row) for row in entry.photos] if with_photos else [],
        "note": _place(entry) if with_photos else _photos_taken(entry),
    }


def _visibility(entry: Entry) -> str:
    return "internal" if entry.internal else "public"


def _place(entry: Entry) -> str:
    place = entry.text(TextRole.PLACE)
    return _("地点：%(place)s") % {"place": place} if place else ""


def _photos_taken(entry: Entry) -> str:
    count = len(entry.photos)
    return ngettext("%(n)d 张照片", "%(n)d 张照片", count) % {"n": count} if count else ""


def _escalated(event: TicketEvent) -> str:
    clock = LABELS.get(event.clock.kind, "") if event.clock else ""
    if event.reason_code == NOT_SATISFIED:
        where = {"level": event.level, "post": event.post or ""}
        return _("回访不满意，升级至 %(level)d 级：%(post)s") % where
    if not event.level:
        return _("%(clock)s快到时限，已提醒 %(post)s") % {"clock": clock, "post": event.post or ""}
    effect = StepEffect(event.effect).label if event.effect else ""
    values = {"clock": clock, "level": event.level, "post": event.post or "", "effect": effect}
    return _("%(clock)s超时，升级至 %(level)d 级：%(post)s（%(effect)s）") % values


def _waiting(event: TicketEvent) -> str:
    return str(Action(event.action).label) if event.action else str(event.get_kind_display())


def _rated(event: TicketEvent) -> str:
    scores = {"handling": event.handling_score, "outcome": event.outcome_score}
    return _("评价：处理 %(handling)s 分，结果 %(outcome)s 分") % scores


def _rejected(event: TicketEvent) -> str:
    if event.reason_code not in RejectReason.values:
        return str(event.get_kind_display())
    reason = RejectReason(event.reason_code)
    values = {"reason": reason.label, "next": NEXT_STEP[reason]}
    return _("不予受理：%(reason)s。下一步：%(next)s") % values


def _alerted(event: TicketEvent) -> str:
    if event.reason_code == "cleared":
        return _("设备告警已解除")
    return _("设备再次告警，累计 %(n)d 次") % {"n": event.count or 1}


def _decided(event: TicketEvent) -> str:
    return _("决定：%(outcome)s") % {"outcome": IpOutcome(event.reason_code).label}


def _coordinated(event: TicketEvent) -> str:
    return _("与%(whom)s协调") % {"whom": Coordination(event.reason_code).label}


def _assigned(event: TicketEvent) -> str:
    if event.reason_code == DECIDED:
        return _("多次退单，裁定由 %(post)s 处理") % {"post": event.post or ""}
    return _("派给 %(post)s") % {"post": event.post or ""}


def _returned(event: TicketEvent) -> str:
    reason = _label(ReturnReason, event.reason_code)
    return _("退单：%(reason)s，退回 %(post)s") % {"reason": reason, "post": event.post or ""}


def _graded(event: TicketEvent) -> str:
    """Words of danger at intake, or a severity that somebody corrected and why."""
    if event.reason_code in GradeReason.values:
        return _label(GradeReason, event.reason_code)
    values = {
        "before": _label(Severity, event.from_severity),
        "after": _label(Severity, event.to_severity),
        "reason": _label(RegradeReason, event.reason_code),
    }
    return _("级别由“%(before)s”改为“%(after)s”：%(reason)s") % values


def _extension_asked(event: TicketEvent) -> str:
    asked: Extension | None = getattr(event, "extension_asked", None)
    return _("申请延期 %(much)s") % {"much": words.how_much(asked)} if asked else _kind(event)


def _extended(event: TicketEvent) -> str:
    granted: Extension | None = getattr(event, "extension_decided", None)
    if granted is None:
        return _kind(event)
    if granted.due_at is None:
        return _("同意延期 %(much)s") % {"much": words.how_much(granted)}
    values = {"much": words.how_much(granted), "due": words.moment(granted.due_at)}
    return _("同意延期 %(much)s，新的解决时限 %(due)s") % values


def _called_back(event: TicketEvent) -> str:
    return _("回访：%(result)s") % {"result": _label(CallResult, event.reason_code)}


def _closed(event: TicketEvent) -> str:
    if event.reason_code == UNREACHABLE:
        return _("三次回访无人接听，按未接通办结")
    return _kind(event)


def _label(choices: type[TextChoices], code: str) -> str:
    return str(choices(code).label) if code in choices.values else code


def _kind(event: TicketEvent) -> str:
    return str(event.get_kind_display())


def _number(event: TicketEvent) -> str:
    """Of the other ticket, where `complaints.reading` found that the reader may know of it."""
    other: Ticket | None = event._state.fields_cache.get("other")
    return reference.pretty(other.reference) if other else ""


def _merged(event: TicketEvent) -> str:
    """On the ticket that was merged, and on the one that it was merged into."""
    number = _number(event)
    if not event.to_state:
        return _("%(number)s 并入本单") % {"number": number}
    return _("并入 %(number)s") % {"number": number} if number else _("并入另一张工单")


def _unmerged(event: TicketEvent) -> str:
    number = _number(event)
    if not event.to_state:
        return _("%(number)s 不再并入本单") % {"number": number}
    if not number:
        return _("撤销并单，恢复单独处理")
    return _("撤销并入 %(number)s，恢复单独处理") % {"number": number}


def _linked(event: TicketEvent) -> str:
    code, _sep, here = event.reason_code.partition(":")
    values = {"number": _number(event), "relation": Relation(code).label}
    if here:
        return _("%(number)s 关联到本单（%(relation)s）") % values
    return _("关联 %(number)s（%(relation)s）") % values


def _unlinked(event: TicketEvent) -> str:
    return _("取消与 %(number)s 的关联") % {"number": _number(event)}


def _remedy(event: TicketEvent) -> str:
    """What became of a corrective action, its cause and who answers for it."""
    cause = event.reason_code
    values = {
        "what": event.get_kind_display(),
        "cause": RootCause(cause).label if cause in RootCause.values else "",
        "post": event.post or "",
    }
    return _("%(what)s：%(cause)s，由 %(post)s 负责") % values


#: what happened, where the label of the event alone says too little
_WORDS: Final[dict[str, Callable[[TicketEvent], str]]] = {
    EventKind.ASSIGNED: _assigned,
    EventKind.TAKEN_OVER: lambda event: _("由 %(post)s 接管") % {"post": event.post or ""},
    EventKind.GIVEN_BACK: lambda event: _("退回 %(post)s") % {"post": event.post or ""},
    EventKind.ACKNOWLEDGED: lambda event: _("%(post)s 确认收到升级") % {"post": event.post or ""},
    EventKind.MERGED: _merged,
    EventKind.UNMERGED: _unmerged,
    EventKind.LINKED: _linked,
    EventKind.UNLINKED: _unlinked,
    EventKind.PLANNED: _remedy,
    EventKind.HANDED_OVER: _remedy,
    EventKind.COMPLETED: _remedy,
    EventKind.VERIFIED: _remedy,
    EventKind.SENT_BACK: _remedy,
    EventKind.LAPSED: _remedy,
    EventKind.REVIEWED: lambda event: _("请 %(post)s 复核") % {"post": event.post or ""},
    EventKind.ESCALATED: _escalated,
    EventKind.WAITING: _waiting,
    EventKind.RATED: _rated,
    EventKind.REJECTED: _rejected,
    EventKind.ALERTED: _alerted,
    EventKind.COORDINATED: _coordinated,
    EventKind.DECIDED: _decided,
    EventKind.RETURNED: _returned,
    EventKind.EXTEND_ASKED: _extension_asked,
    EventKind.EXTENDED: _extended,
    EventKind.GRADED: _graded,
    EventKind.SUPERVISED: lambda event: _("由 %(post)s 督办") % {"post": event.post or ""},
    EventKind.CALL_BACK: lambda event: _("安排 %(post)s 回访") % {"post": event.post or ""},
    EventKind.CALLED_BACK: _called_back,
    EventKind.CLOSED: _closed,
    EventKind.NAMED: lambda event: _("登记涉及员工"),
}
