"""What a notice about a ticket says. Number, category, place and time only: who reported and what
they wrote is seen on the ticket itself, by those who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.enums import Kind, Severity, Template
from complaints.models import Ticket, TicketEvent
from complaints.querysets import GATED
from complaints.services.telling import OBJECT
from core import reference
from notifications import registry
from notifications.models import Notice
from notifications.registry import Rendered


@dataclass(frozen=True, slots=True)
class About:
    """The ticket a notice is about, and the event that caused it."""

    ticket: Ticket
    event: TicketEvent


class NoLongerThere(Exception):
    """The ticket or the event of a notice is gone."""


#: the sentence for a post, and for the reporter
_TO_POST: Final[dict[Template, Promise]] = {
    Template.TICKET_ASSIGNED: gettext_lazy("新工单 %(reference)s 已派给您的岗位。"),
    Template.TICKET_REOPENED: gettext_lazy("工单 %(reference)s 被重新打开。"),
    Template.TICKET_WITHDRAWN: gettext_lazy("工单 %(reference)s 已撤回，无需继续处理。"),
    Template.TICKET_ADDED: gettext_lazy("住户补充了工单 %(reference)s 的内容。"),
    Template.TICKET_URGED: gettext_lazy("住户催办工单 %(reference)s。"),
    Template.TICKET_REVIEWED: gettext_lazy(
        "工单 %(reference)s 需要值班复核：没有其他时限会再提醒。"
    ),
    Template.TICKET_RESUMED: gettext_lazy("工单 %(reference)s 的等待已到期，时限继续计算。"),
    Template.TICKET_TAKEN_OVER: gettext_lazy("工单 %(reference)s 已由上级岗位接管。"),
    Template.TICKET_GIVEN_BACK: gettext_lazy("工单 %(reference)s 已退回您的岗位，并附上级批示。"),
    Template.TICKET_MERGED: gettext_lazy("工单 %(reference)s 已并入另一张工单，无需单独处理。"),
    Template.TICKET_JOINED: gettext_lazy("另一张工单并入了 %(reference)s，请一并处理。"),
    Template.TICKET_UNMERGED: gettext_lazy("工单 %(reference)s 已撤销并单，请继续单独处理。"),
    Template.TICKET_CO_OWNED: gettext_lazy("您共同负责的工单 %(reference)s 有新进展。"),
    Template.TICKET_ACKNOWLEDGED: gettext_lazy("上级岗位已确认收到工单 %(reference)s 的升级。"),
    Template.ACTION_PLANNED: gettext_lazy("工单 %(reference)s 有一项整改措施由您的岗位负责。"),
    Template.ACTION_LAPSED: gettext_lazy("工单 %(reference)s 的整改措施已过期限，仍未完成。"),
    Template.ACTION_RETURNED: gettext_lazy("工单 %(reference)s 的整改措施验收未通过，已退回。"),
}
_TO_REPORTER: Final[dict[Template, Promise]] = {
    Template.TICKET_RECEIVED: gettext_lazy("您的报事已受理，编号 %(reference)s。"),
    Template.TICKET_REPLIED: gettext_lazy("您的报事 %(reference)s 有新的答复。"),
    Template.TICKET_WAITING: gettext_lazy("报事 %(reference)s 需要您补充信息。"),
    Template.TICKET_RESOLVED: gettext_lazy("报事 %(reference)s 已处理，请确认是否解决。"),
    Template.TICKET_CLOSED: gettext_lazy("报事 %(reference)s 已办结。如未解决，可以重新打开。"),
    Template.TICKET_REJECTED: gettext_lazy("报事 %(reference)s 未予受理，原因和下一步请查看答复。"),
    Template.TICKET_WITHDRAWN: gettext_lazy("报事 %(reference)s 已撤回。"),
    Template.TICKET_REOPENED: gettext_lazy("报事 %(reference)s 已重新打开。"),
    Template.TICKET_MERGED: gettext_lazy(
        "您的报事 %(reference)s 与同一事项合并处理，有进展会告诉您。"
    ),
    Template.TICKET_UNMERGED: gettext_lazy("您的报事 %(reference)s 恢复单独处理。"),
    Template.TICKET_FOLLOWED: gettext_lazy("与您的报事 %(reference)s 合并处理的事项有新进展。"),
}
#: a request about personal data is no report of a matter
_TO_ASKER: Final[dict[Template, Promise]] = {
    Template.TICKET_RECEIVED: gettext_lazy("您的个人信息请求已收到，编号 %(reference)s。"),
    Template.TICKET_REPLIED: gettext_lazy("您的个人信息请求 %(reference)s 有新的答复。"),
    Template.TICKET_WAITING: gettext_lazy("个人信息请求 %(reference)s 需要您补充信息。"),
    Template.TICKET_RESOLVED: gettext_lazy("您的个人信息请求 %(reference)s 已答复。"),
    Template.TICKET_CLOSED: gettext_lazy("您的个人信息请求 %(reference)s 已办结。"),
    Template.TICKET_WITHDRAWN: gettext_lazy("您的个人信息请求 %(reference)s 已撤回。"),
}


def register() -> None:
    registry.register_loader(OBJECT, load)
    for template in Template:
        escalates = template is Template.TICKET_ESCALATED
        registry.register_template(template, _escalated if escalates else _renderer(template))


def load(notices: Sequence[Notice]) -> Mapping[int, About]:
    """Two statements for any number of notices."""
    tickets = Ticket.objects.select_related("category", "unit").in_bulk(
        {notice.object_id for notice in notices}
    )
    events = {
        event.pk: event
        for event in TicketEvent.objects.select_related("clock").filter(
            pk__in={notice.source_id for notice in notices}
        )
    }
    return {
        notice.pk: About(tickets[notice.object_id], events[notice.source_id])
        for notice in notices
        if notice.object_id in tickets and notice.source_id in events
    }


def _renderer(template: Template) -> Callable[[Notice], Rendered]:
    def render(notice: Notice) -> Rendered:
        about = _about(notice)
        sentence = _sentences(notice, about.ticket)[template]
        return _rendered(notice, str(sentence) % {"reference": _number(about.ticket)})

    return render


def _sentences(notice: Notice, ticket: Ticket) -> Mapping[Template, Promise]:
    if notice.subject_id is None:
        return _TO_POST
    return {**_TO_REPORTER, **_TO_ASKER} if ticket.kind == Kind.PRIVACY else _TO_REPORTER


def _escalated(notice: Notice) -> Rendered:
    about = _about(notice)
    event, clock = about.event, about.event.clock
    before_due = clock is not None and clock.due_at is not None and event.occurred_at < clock.due_at
    sentence = (
        _("工单 %(reference)s 的%(clock)s即将到期。")
        if before_due
        else _("工单 %(reference)s 超过%(clock)s，上报第 %(level)d 级。")
    )
    words = {
        "reference": _number(about.ticket),
        "clock": clock.get_kind_display() if clock else _("时限"),
        "level": event.level,
    }
    return _rendered(notice, sentence % words)


def _rendered(notice: Notice, sentence: str) -> Rendered:
    """A matter that not everybody may know of shows its number alone."""
    about = _about(notice)
    ticket = about.ticket
    lines: list[str] = []
    if ticket.kind not in GATED:
        lines.append(_category(ticket))
        if notice.subject_id is None:
            lines += [ticket.unit.name, _due(about)]
    return Rendered(
        subject=sentence,
        body="\n".join(line for line in lines if line),
        url=registry.link(notice, ticket),
        urgent=ticket.severity == Severity.SAFETY,
    )


def _about(notice: Notice) -> About:
    if not isinstance(notice.about, About):
        raise NoLongerThere
    return notice.about


def _number(ticket: Ticket) -> str:
    return reference.pretty(ticket.reference)


def _category(ticket: Ticket) -> str:
    english = (translation.get_language() or "").startswith("en")
    return ticket.category.name_en if english else ticket.category.name


def _due(about: About) -> str:
    due = about.event.clock.due_at if about.event.clock else None
    if due is None:
        return ""
    return _("时限：%(due)s") % {"due": date_format(timezone.localtime(due), "DATETIME_FORMAT")}
