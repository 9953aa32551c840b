"""What a notice about a ticket says. Number, category, place and time only: who reported and what
they wrote is seen on the ticket itself, by those who may."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.enums import ClockKind, EventKind, Kind, Severity, Template
from complaints.models import Ticket, TicketEvent, TicketParty
from complaints.policy_rules import WARNING
from complaints.querysets import GATED
from complaints.services.telling import OBJECT
from core import reference
from notifications import placeholders, registry, wordings
from notifications.enums import Audience, Part, Topic
from notifications.models import Notice
from notifications.registry import Rendered
from notifications.services.wordings import in_force
from notifications.wordings import Key, Wording


@dataclass(frozen=True, slots=True)
class About:
    """The ticket a notice is about, the event that caused it, and the company's own sentences."""

    ticket: Ticket
    event: TicketEvent
    own: Mapping[Key, str] = field(default_factory=dict)


class NoLongerThere(Exception):
    """The ticket or the event of a notice is gone."""


#: what reaches the telephone of who has no mailbox
BY_SMS: Final = frozenset({Template.TICKET_RECEIVED, Template.TICKET_RESOLVED})
#: a clock that runs out soon has a sentence of its own
DUE_SOON: Final = "ticket_due_soon"
#: what tells of internal work, or of a person, is announced to nobody outside
UNANNOUNCED: Final = frozenset({EventKind.NOTED, EventKind.CORRECTED, EventKind.ERASED})
ANNOUNCED: Final = {
    f"ticket.{kind.value}": kind.label for kind in EventKind if kind not in UNANNOUNCED
}

#: the sentence for a post, and for the reporter
_TO_POST: Final[dict[str, Promise]] = {
    Template.TICKET_ASSIGNED: gettext_lazy("新工单 %(reference)s 已派给您的岗位。"),
    Template.TICKET_OF_ACCOUNT: gettext_lazy(
        "您负责的大客户有新工单 %(reference)s，由现场或其他岗位处理，请知悉。"
    ),
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
    DUE_SOON: gettext_lazy("工单 %(reference)s 的%(clock)s即将到期。"),
    Template.TICKET_ESCALATED: gettext_lazy(
        "工单 %(reference)s 超过%(clock)s，上报第 %(level)d 级。"
    ),
    Template.TICKET_RETURNED: gettext_lazy("工单 %(reference)s 被退单，请重新派单。"),
    Template.TICKET_EXTEND_ASKED: gettext_lazy("工单 %(reference)s 申请延期，请审批。"),
    Template.TICKET_EXTENDED: gettext_lazy("工单 %(reference)s 的延期申请已同意。"),
    Template.TICKET_NOT_EXTENDED: gettext_lazy("工单 %(reference)s 的延期申请未获同意。"),
    Template.TICKET_SUPERVISED: gettext_lazy("工单 %(reference)s 正被上级督办。"),
    Template.TICKET_GRADED: gettext_lazy("工单 %(reference)s 的级别已更改，时限随之变动。"),
    Template.TICKET_RESOLVED: gettext_lazy("您督办的工单 %(reference)s 已解决。"),
    Template.TICKET_CALL_BACK: gettext_lazy("工单 %(reference)s 请您的岗位回访。"),
    Template.TICKET_NOT_SATISFIED: gettext_lazy(
        "工单 %(reference)s 回访不满意，已重新打开并上报您的岗位。"
    ),
    Template.TICKET_MERGED: gettext_lazy("工单 %(reference)s 已并入另一张工单，无需单独处理。"),
    Template.TICKET_JOINED: gettext_lazy("另一张工单并入了 %(reference)s，请一并处理。"),
    Template.TICKET_UNMERGED: gettext_lazy("工单 %(reference)s 已撤销并单，请继续单独处理。"),
    Template.TICKET_CO_OWNED: gettext_lazy("您共同负责的工单 %(reference)s 有新进展。"),
    Template.TICKET_ACKNOWLEDGED: gettext_lazy("上级岗位已确认收到工单 %(reference)s 的升级。"),
    Template.ACTION_PLANNED: gettext_lazy("工单 %(reference)s 有一项整改措施由您的岗位负责。"),
    Template.ACTION_LAPSED: gettext_lazy("工单 %(reference)s 的整改措施已过期限，仍未完成。"),
    Template.ACTION_RETURNED: gettext_lazy("工单 %(reference)s 的整改措施验收未通过，已退回。"),
}
_TO_REPORTER: Final[dict[str, Promise]] = {
    Template.TICKET_RECEIVED: gettext_lazy("您的报事已受理，编号 %(reference)s。"),
    Template.TICKET_REPLIED: gettext_lazy("您的报事 %(reference)s 有新的答复。"),
    Template.TICKET_WAITING: gettext_lazy("报事 %(reference)s 需要您补充信息。"),
    Template.TICKET_RESOLVED: gettext_lazy("报事 %(reference)s 已处理，请确认是否解决。"),
    Template.TICKET_CLOSED: gettext_lazy("报事 %(reference)s 已办结。如未解决，可以重新打开。"),
    Template.TICKET_REJECTED: gettext_lazy("报事 %(reference)s 未予受理，原因和下一步请查看答复。"),
    Template.TICKET_WITHDRAWN: gettext_lazy("报事 %(reference)s 已撤回。"),
    Template.TICKET_REOPENED: gettext_lazy("报事 %(reference)s 已重新打开。"),
    Template.TICKET_EXTENDED: gettext_lazy("报事 %(reference)s 的处理时间有延长，请查看新的时限。"),
    Template.TICKET_MERGED: gettext_lazy(
        "您的报事 %(reference)s 与同一事项合并处理，有进展会告诉您。"
    ),
    Template.TICKET_UNMERGED: gettext_lazy("您的报事 %(reference)s 恢复单独处理。"),
    Template.TICKET_FOLLOWED: gettext_lazy("与您的报事 %(reference)s 合并处理的事项有新进展。"),
}
#: a request about personal data is no report of a matter
_TO_ASKER: Final[dict[str, Promise]] = {
    Template.TICKET_RECEIVED: gettext_lazy("您的个人信息请求已收到，编号 %(reference)s。"),
    Template.TICKET_REPLIED: gettext_lazy("您的个人信息请求 %(reference)s 有新的答复。"),
    Template.TICKET_WAITING: gettext_lazy("个人信息请求 %(reference)s 需要您补充信息。"),
    Template.TICKET_RESOLVED: gettext_lazy("您的个人信息请求 %(reference)s 已答复。"),
    Template.TICKET_CLOSED: gettext_lazy("您的个人信息请求 %(reference)s 已办结。"),
    Template.TICKET_WITHDRAWN: gettext_lazy("您的个人信息请求 %(reference)s 已撤回。"),
}


#: all that a message may name, each with its word: nothing that tells who reported or what they
#: wrote
_NAMES: Final[Mapping[str, Promise]] = {
    "reference": pgettext_lazy("placeholder", "单号"),
    "clock": pgettext_lazy("placeholder", "时限名称"),
    "level": pgettext_lazy("placeholder", "上报级别"),
    "category": pgettext_lazy("placeholder", "类别"),
    "unit": pgettext_lazy("placeholder", "小区"),
    "due": pgettext_lazy("placeholder", "时限"),
    "link": pgettext_lazy("placeholder", "链接"),
}
#: what only some messages know
_OF_ONE: Final[Mapping[str, Collection[str]]] = {
    "clock": (DUE_SOON, Template.TICKET_ESCALATED),
    "level": (Template.TICKET_ESCALATED,),
}
#: what residents are not told
_OF_STAFF: Final = frozenset({"unit", "due"})
_LINK: Final = "%(link)s"
#: what stands below the sentence; a line without anything to say is left out
_LINES: Final[Mapping[Audience, tuple[str | Promise, ...]]] = {
    Audience.POST: ("%(category)s", "%(unit)s", gettext_lazy("时限：%(due)s")),
    Audience.REPORTER: ("%(category)s",),
    Audience.ASKER: ("%(category)s",),
}
_SAMPLE_DUE: Final = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
_SENTENCES: Final[Mapping[Audience, Mapping[str, Promise]]] = {
    Audience.POST: _TO_POST,
    Audience.REPORTER: _TO_REPORTER,
    Audience.ASKER: _TO_ASKER,
}


def register() -> None:
    registry.register_loader(OBJECT, load)
    registry.register_announced(OBJECT, ANNOUNCED, _public_id)
    for template in Template:
        escalates = template is Template.TICKET_ESCALATED
        registry.register_template(
            template,
            _escalated if escalates else _renderer(template),
            topic=_topic(template),
            by_sms=template in BY_SMS,
        )
    for audience, sentences in _SENTENCES.items():
        for code, sentence in sentences.items():
            wordings.register(_wording(code, audience, sentence))


def load(notices: Sequence[Notice]) -> Mapping[int, About]:
    """Three statements for any number of notices, their sentences included."""
    own = in_force()
    about = {"names_somebody": Exists(TicketParty.objects.filter(ticket=OuterRef("pk")))}
    rows = Ticket.objects.select_related("category", "unit").annotate(**about)
    tickets = rows.in_bulk({notice.object_id for notice in notices})
    events = {
        event.pk: event
        for event in TicketEvent.objects.select_related("clock").filter(
            pk__in={notice.source_id for notice in notices}
        )
    }
    return {
        notice.pk: About(tickets[notice.object_id], events[notice.source_id], own)
        for notice in notices
        if notice.object_id in tickets and notice.source_id in events
    }


def _topic(template: Template) -> Topic:
    """To a post; to who reported, all is progress."""
    return Topic.ESCALATION if template is Template.TICKET_ESCALATED else Topic.WORK


def _public_id(ticket_id: int) -> UUID | None:
    return Ticket.objects.filter(pk=ticket_id).values_list("public_id", flat=True).first()


def _renderer(template: Template) -> Callable[[Notice], Rendered]:
    def render(notice: Notice) -> Rendered:
        about = _about(notice)
        return _rendered(notice, template, {"reference": _number(about.ticket)})

    return render


def _audience(notice: Notice, ticket: Ticket, code: str) -> Audience:
    if notice.subject_id is None:
        return Audience.POST
    asker = ticket.kind == Kind.PRIVACY and code in _TO_ASKER
    return Audience.ASKER if asker else Audience.REPORTER


def _escalated(notice: Notice) -> Rendered:
    about = _about(notice)
    event, clock = about.event, about.event.clock
    # not by the clock: it may have been paused or given more time since
    before_due = event.level == WARNING
    values = {
        "reference": _number(about.ticket),
        "clock": clock.get_kind_display() if clock else _("时限"),
        "level": str(event.level),
    }
    return _rendered(notice, DUE_SOON if before_due else Template.TICKET_ESCALATED, values)


def _rendered(notice: Notice, code: str, values: Mapping[str, str]) -> Rendered:
    """A matter that not everybody may know of shows its number alone. A group is told neither of
    that nor of what names somebody, who may be one of it."""
    about = _about(notice)
    ticket = about.ticket
    gated = ticket.kind in GATED
    link = registry.link(notice, ticket)
    known = {**values, **({} if gated else _open_values(about, notice)), "link": link}
    audience = _audience(notice, ticket, code)
    parts = wordings.say(code, audience, known, about.own)
    return Rendered(
        subject=parts[Part.SENTENCE],
        body=_below(audience, known),
        url=link,
        urgent=_urgent(notice, ticket),
        confidential=gated or ticket.names_somebody,
        values=known,
        parts=parts,
    )


def _urgent(notice: Notice, ticket: Ticket) -> bool:
    """What waits for no morning: safety for everybody, and for staff what runs round the clock."""
    to_staff = notice.subject_id is None
    return ticket.severity == Severity.SAFETY or (to_staff and ticket.category.round_the_clock)


def _open_values(about: About, notice: Notice) -> dict[str, str]:
    """What everybody may know of an ordinary matter; its unit and time are for staff."""
    values = {"category": _category(about.ticket)}
    if notice.subject_id is None:
        values |= {"unit": about.ticket.unit.name, "due": _due(about)}
    return values


def _below(audience: Audience, values: Mapping[str, str]) -> str:
    return placeholders.fill("\n".join(map(str, _LINES[audience])), values)


def _wording(code: str, audience: Audience, sentence: Promise) -> Wording:
    return Wording(
        code=code,
        audience=audience,
        label=gettext_lazy("即将到期") if code == DUE_SOON else Template(code).label,
        sentence=sentence,
        lines=(*_LINES[audience], _LINK),
        names=_names(code, audience),
        parts=_parts(code, audience),
        sample_values=_sample_values,
    )


def _names(code: str, audience: Audience) -> dict[str, Promise]:
    hidden = set() if audience is Audience.POST else _OF_STAFF
    return {
        name: word
        for name, word in _NAMES.items()
        if name not in hidden and code in _OF_ONE.get(name, (code,))
    }


def _parts(code: str, audience: Audience) -> tuple[Part, ...]:
    """Groups hear what posts hear; telephones what matters to who reported."""
    everywhere = (Part.SENTENCE, Part.EMAIL_SUBJECT, Part.EMAIL_BODY)
    if audience is Audience.POST:
        return (*everywhere, Part.ROBOT)
    return (*everywhere, Part.SMS) if code in BY_SMS else everywhere


def _sample_values() -> Mapping[str, str]:
    """Of an ordinary ticket, without any."""
    due = timezone.localtime(_SAMPLE_DUE)
    return {
        "reference": reference.pretty(reference.make(12345)),
        "clock": str(ClockKind.RESOLVE.label),
        "level": "2",
        "category": _("示例类别"),
        "unit": _("示例小区"),
        "due": date_format(due, "DATETIME_FORMAT"),
        "link": f"{settings.PUBLIC_URL.rstrip('/')}/…",
    }


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
    return date_format(timezone.localtime(due), "DATETIME_FORMAT") if due else ""
