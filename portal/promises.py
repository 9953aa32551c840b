"""What a resident may expect of a ticket and when, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from complaints import policies
from complaints.enums import ClockKind, ClockState, State
from complaints.models import Ticket, TicketClock
from complaints.services.catalogue import Catalogue
from complaints.spans import CONFIRM_WINDOW
from core.business_time import Basis
from core.spoken import when


@dataclass(frozen=True, slots=True)
class Promise:
    """One banner: tone and icon of `{% banner %}`."""

    tone: str
    icon: str
    title: str
    text: str


def first_answer(ticket: Ticket, rules: Catalogue, *, at: datetime) -> Promise | None:
    """Who answers first and by when; None when nothing was promised."""
    clock = _live(ticket, ClockKind.FIRST_RESPONSE)
    if clock is None or clock.due_at is None:
        return None
    title = _("%(who)s会在%(when)s前答复您") % {"who": who(ticket), "when": when(clock.due_at, at)}
    return Promise("info", "clock", title, " ".join(_conditions(ticket, clock, rules)))


def now(ticket: Ticket, rules: Catalogue, *, at: datetime) -> Promise | None:
    """Where the ticket stands, for the top of its page; None when nothing more is to be said."""
    if ticket.state == State.WAITING_RESIDENT:
        return _your_turn(ticket, at)
    if ticket.state == State.RESOLVED:
        return _please_confirm(ticket, at)
    if ticket.state == State.CALL_BACK:
        return _we_call_you(ticket, at)
    if ticket.state == State.WAITING_SUPPLIER:
        text = _("处理人员在等配件或外部单位，等待不会没有期限。")
        return Promise("wait", "pause", _("正在等待配件或外部单位"), text)
    if ticket.state == State.REJECTED:
        text = _("原因和下一步写在下面。不同意可以重新打开，写明理由，也可以附上照片。")
        return Promise("info", "message-square", _("这件事没有受理"), text)
    if ticket.state == State.MERGED:
        text = _("有进展会告诉您。如果不是同一件事，或者没有解决，可以重新打开。")
        return Promise("info", "copy", _("与同一事项合并处理"), text)
    late = [clock for clock in _running(ticket) if clock.due_at and clock.due_at < at]
    if late:
        return _late(ticket)
    return first_answer(ticket, rules, at=at) or _solution(ticket, rules, at)


def who(ticket: Ticket) -> str:
    """The post by unit and role; never who holds it."""
    if ticket.post is None:
        return _("客服中心")
    return _("%(unit)s%(role)s") % {"unit": ticket.post.unit.name, "role": ticket.post.role}


def _live(ticket: Ticket, kind: ClockKind) -> TicketClock | None:
    return next((clock for clock in _running(ticket) if clock.kind == kind), None)


def _running(ticket: Ticket) -> list[TicketClock]:
    """From the clocks that `for_list` has read."""
    clocks: list[TicketClock] = ticket.live_clocks
    return [clock for clock in clocks if clock.state == ClockState.RUNNING]


def _conditions(ticket: Ticket, clock: TicketClock, rules: Catalogue) -> list[str]:
    """On what the moment rests: working hours, and holidays not announced yet."""
    duration = rules.terms_by_id[clock.policy_id].durations[clock.kind]
    said = []
    if duration.basis == Basis.WORKING:
        said.append(_("时限按工作时间计算。"))
    if clock.provisional:
        said.append(_("节假日安排尚未公布，公布后可能顺延。"))
    return said


def _solution(ticket: Ticket, rules: Catalogue, at: datetime) -> Promise | None:
    clock = _live(ticket, ClockKind.RESOLVE)
    if clock is None or clock.due_at is None:
        return None
    title = _("预计%(when)s前处理完") % {"when": when(clock.due_at, at)}
    return Promise("info", "clock", title, " ".join(_conditions(ticket, clock, rules)))


def _your_turn(ticket: Ticket, at: datetime) -> Promise:
    text = _("补充之后我们马上继续。")
    if ticket.waits_until is not None:
        text = _("补充之后我们马上继续；没有补充，%(when)s起也会继续处理。") % {
            "when": when(ticket.waits_until, at)
        }
    return Promise("wait", "message-square", _("等您补充"), text)


def _please_confirm(ticket: Ticket, at: datetime) -> Promise:
    title = _("已处理，解决了吗？")
    if policies.needs_second_person(ticket) or ticket.resolved_at is None:
        return Promise("good", "check-circle", title, _("没有解决就重新打开，我们接着处理。"))
    until = max(ticket.resolved_at + CONFIRM_WINDOW, at + timedelta(minutes=1))
    text = _("%(when)s前没有回复，将自动办结；办结之后也可以重新打开。") % {"when": when(until, at)}
    return Promise("good", "check-circle", title, text)


def _we_call_you(ticket: Ticket, at: datetime) -> Promise:
    text = _("没有解决可以现在就重新打开，不必等电话。")
    clock = _live(ticket, ClockKind.CALL_BACK)
    if clock is None or clock.due_at is None or clock.due_at < at:
        return Promise("good", "phone", _("已处理，我们会来电问您是否解决"), text)
    title = _("已处理，我们会在%(when)s前来电问您是否解决") % {"when": when(clock.due_at, at)}
    return Promise("good", "phone", title, text)


def _late(ticket: Ticket) -> Promise:
    title = _("已超过承诺的时间，抱歉")
    text = (
        _("已自动上报上级督促。您也可以催一催。")
        if ticket.level
        else _("已提醒处理人员。您也可以催一催。")
    )
    return Promise("bad", "alert-triangle", title, text)
