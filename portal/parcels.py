"""The timeline as people know it from parcels: newest first, without names of staff."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from complaints.enums import Action, CallResult, EventKind, State, TextRole
from complaints.models import TicketEvent
from complaints.reading import Entry, News
from complaints.reasons import NEXT_STEP, Coordination, IpOutcome, RejectReason
from complaints.services.call_backs import UNREACHABLE
from portal import pictures

#: a state in the resident's words, where the desk's own would tell them nothing
_STATES: Final[dict[str, Promise]] = {
    State.ASSIGNED: gettext_lazy("已派单"),
    State.WAITING_RESIDENT: gettext_lazy("等您补充"),
    State.WAITING_SUPPLIER: gettext_lazy("等待配件或外部单位"),
    State.RESOLVED: gettext_lazy("等您确认"),
    State.CALL_BACK: gettext_lazy("等待回访"),
    State.REOPENED: gettext_lazy("重新处理"),
    State.MERGED: gettext_lazy("合并处理"),
}

_TITLES: Final[dict[str, Promise]] = {
    EventKind.RECEIVED: gettext_lazy("已受理"),
    EventKind.ACCEPTED: gettext_lazy("处理人员已接单"),
    EventKind.STARTED: gettext_lazy("正在处理"),
    EventKind.RESUMED: gettext_lazy("继续处理"),
    EventKind.REPLIED: gettext_lazy("已答复您"),
    EventKind.RESOLVED: gettext_lazy("已处理，请您确认"),
    EventKind.REOPENED: gettext_lazy("重新打开，继续处理"),
    EventKind.CALL_BACK: gettext_lazy("我们会来电回访"),
    EventKind.WITHDRAWN: gettext_lazy("已撤回"),
    EventKind.CORRECTED: gettext_lazy("内容已更正"),
    EventKind.MERGED: gettext_lazy("与同一事项合并处理"),
    EventKind.UNMERGED: gettext_lazy("恢复单独处理"),
}

#: what became of the matter that a ticket was merged into
_NEWS: Final[dict[EventKind, Promise]] = {
    EventKind.ACCEPTED: gettext_lazy("合并处理的事项：已有人接单"),
    EventKind.STARTED: gettext_lazy("合并处理的事项：正在处理"),
    EventKind.REPLIED: gettext_lazy("合并处理的事项：有新进展"),
    EventKind.RESOLVED: gettext_lazy("合并处理的事项：已处理"),
    EventKind.REOPENED: gettext_lazy("合并处理的事项：重新打开"),
    EventKind.CLOSED: gettext_lazy("合并处理的事项：已办结"),
}


def rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Data for `{% parcel %}` from a timeline that stands oldest first."""
    return [_row(entry) for entry in reversed(list(entries))]


def rows_without_photos(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """For a page whose reader has no address of pictures: how many there are is told instead."""
    return [
        {**_row(replace(entry, photos=[])), "detail": _told(entry)}
        for entry in reversed(list(entries))
    ]


def with_news(shown: list[dict[str, Any]], news: Iterable[News]) -> list[dict[str, Any]]:
    """The rows together with what became of the matter that the ticket was merged into."""
    told = [
        {"at": one.at, "title": str(_NEWS[one.kind]), "detail": "", "photos": []} for one in news
    ]
    return sorted([*shown, *reversed(told)], key=lambda row: row["at"], reverse=True)


def state_words(state: str) -> str:
    return str(_STATES.get(state) or State(state).label)


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "title": _title(entry.event),
        "detail": _detail(entry),
        "photos": [pictures.shown(photo) for photo in entry.photos],
    }


def _title(event: TicketEvent) -> str:
    built = _BUILT.get(event.kind)
    if built is not None:
        return built(event)
    return str(_TITLES.get(event.kind) or event.get_kind_display())


def _detail(entry: Entry) -> str:
    if entry.erased:
        return _("（个人信息已删除）")
    place = entry.text(TextRole.PLACE)
    where = _("地点：%(place)s") % {"place": place} if place else ""
    return "\n".join(part for part in (entry.text(), _next_step(entry.event), where) if part)


def _next_step(event: TicketEvent) -> str:
    """Of what was not taken up."""
    found = NEXT_STEP.get(event.reason_code) if event.kind == EventKind.REJECTED else None
    return _("下一步：%(next)s") % {"next": found} if found else ""


def _told(entry: Entry) -> str:
    count = len(entry.photos)
    shown = ngettext("%(n)d 张照片", "%(n)d 张照片", count) % {"n": count} if count else ""
    return "\n".join(part for part in (_detail(entry), shown) if part)


def _post(event: TicketEvent, sentence: str, without: str) -> str:
    """Unit and role of a post: who holds it is nobody's business here."""
    if event.post is None:
        return without
    post = _("%(unit)s%(role)s") % {"unit": event.post.unit.name, "role": event.post.role}
    return sentence % {"post": post}


def _waiting(event: TicketEvent) -> str:
    if event.action == Action.WAIT_RESIDENT:
        return _("等您补充")
    return _("等待配件或外部单位")


def _said_by_whom(event: TicketEvent, mine: str, noted: str) -> str:
    return mine if event.staff_id is None else noted


def _rated(event: TicketEvent) -> str:
    scores = {"handling": event.handling_score, "outcome": event.outcome_score}
    return _("您的评价：处理过程 %(handling)s 星，处理结果 %(outcome)s 星") % scores


def _rejected(event: TicketEvent) -> str:
    if event.reason_code not in RejectReason.values:
        return str(event.get_kind_display())
    return _("不予受理：%(reason)s") % {"reason": RejectReason(event.reason_code).label}


def _decided(event: TicketEvent) -> str:
    return _("决定：%(outcome)s") % {"outcome": IpOutcome(event.reason_code).label}


def _coordinated(event: TicketEvent) -> str:
    return _("与%(whom)s协调") % {"whom": Coordination(event.reason_code).label}


def _extended(event: TicketEvent) -> str:
    """The new promise and why; the parcel shows no machinery behind it."""
    granted = getattr(event, "extension_decided", None)
    if granted is None or granted.due_at is None:
        return _("处理时间已延长")
    words = {
        "due": date_format(
            timezone.localtime(granted.due_at), pgettext("date format", "n月j日 H:i")
        ),
        "reason": granted.get_reason_code_display(),
    }
    return _("处理时间延长到 %(due)s（%(reason)s）") % words


def _called_back(event: TicketEvent) -> str:
    if event.reason_code == CallResult.SATISFIED:
        return _("已回访，您表示满意")
    return _("已回访，您表示还没有解决")


def _closed(event: TicketEvent) -> str:
    if event.reason_code == UNREACHABLE:
        return _("几次回访都没有联系上您，已办结；没有解决可以重新打开")
    return _("已办结")


#: titles that say more than the kind of event does
_BUILT: Final[dict[str, Callable[[TicketEvent], str]]] = {
    EventKind.ASSIGNED: lambda event: _post(event, _("已派给%(post)s"), _("已派单")),
    EventKind.TAKEN_OVER: lambda event: _post(event, _("已由%(post)s接手"), _("已由上级接手")),
    EventKind.GIVEN_BACK: lambda event: _post(event, _("已交回%(post)s"), _("已交回处理")),
    EventKind.WAITING: _waiting,
    EventKind.ADDED: lambda event: _said_by_whom(event, _("您补充了情况"), _("已记下您的补充")),
    EventKind.URGED: lambda event: _said_by_whom(event, _("您催了一次"), _("已记下您的催办")),
    EventKind.RATED: _rated,
    EventKind.REJECTED: _rejected,
    EventKind.COORDINATED: _coordinated,
    EventKind.DECIDED: _decided,
    EventKind.EXTENDED: _extended,
    EventKind.CALLED_BACK: _called_back,
    EventKind.CLOSED: _closed,
}
