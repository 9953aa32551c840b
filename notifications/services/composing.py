"""From a message, which holds references only, to words and an address, when it is sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import registry
from notifications.channels import sms
from notifications.channels.outgoing import Outgoing
from notifications.enums import ROBOTS, Channel, Pace, Part, Topic
from notifications.models import Message, Notice, Occurrence
from notifications.registry import Address, Rendered
from notifications.services import preferences, sealed
from privacy.vault.services import consent

logger = logging.getLogger(__name__)

SHOWN: Final = 20
READ: Final = 200
#: the template of a text about more than one notice
SEVERAL: Final = "several"


class NotToSend(Exception):
    """This message reaches nobody; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NothingToRender(Exception):
    """No notice of the message could be put into words."""


class Elsewhere(Exception):
    """The recipient is reached over another channel alone."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel.value)
        self.channel = channel


@dataclass(frozen=True, slots=True)
class Composed:
    """What goes now, and the notices that wait for a digest, by its moment."""

    outgoing: Outgoing | None
    urgent: bool = False
    later: Mapping[datetime, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A notice in words and, after the recipient's wishes, how soon."""

    notice: Notice
    rendered: Rendered
    pace: Pace


def compose(message: Message, at: datetime) -> Composed:
    """Raises NotToSend when there is nobody to send to or no consent, Elsewhere, NothingToRender
    when every template failed."""
    if message.channel == Channel.WEBHOOK:
        return _for_webhook(message, at)
    if message.channel in ROBOTS:
        return _for_robot(message, at)
    return _for_person(message, at)


def _for_person(message: Message, at: datetime) -> Composed:
    notices = list(message.notices.order_by("-id")[:READ])
    address = _address(message, notices)
    allowed = _allowed(message, notices, at)
    if not allowed:
        raise NotToSend("consent_missing" if notices else "no_notice")
    with translation.override(address.language):
        every = _say_all(allowed, preferences.of_recipient(message))
        said = _wanted(message, every)
        if not said:
            if _rather_by_sms(message, allowed):
                raise Elsewhere(Channel.SMS)
            raise NotToSend("not_wanted")
        now = [each for each in said if each.pace is Pace.AT_ONCE]
        unread = message.notices.count() - len(notices)
        unseen = unread + len(allowed) - len(every)
        outgoing = _outgoing(message, now, unseen, at) if now else None
    return Composed(
        replace(outgoing, address=address.value) if outgoing else None,
        any(each.rendered.urgent for each in now),
        _later(said, at),
    )


def _address(message: Message, notices: list[Notice]) -> Address:
    found = _address_of_staff(message) if message.staff_id else _address_of_subject(message)
    if found is not None and found.value:
        return found
    if message.channel == Channel.EMAIL and _reached_by_sms(message, notices):
        raise Elsewhere(Channel.SMS)
    raise NotToSend("no_address")


def _address_of_staff(message: Message) -> Address | None:
    if message.staff is None or not message.staff.is_active:
        raise NotToSend("recipient_left")
    return Address(message.staff.email, message.staff.preferred_language)


def _address_of_subject(message: Message) -> Address | None:
    if message.subject_id is None:
        return None
    return registry.address_of_subject(message.channel, message.subject_id)


def _reached_by_sms(message: Message, notices: list[Notice]) -> bool:
    """A verified telephone, and something that matters enough."""
    if message.subject_id is None or not sms.is_configured():
        return False
    matters = any(_by_sms(notice) for notice in notices)
    return matters and bool(registry.address_of_subject(Channel.SMS, message.subject_id))


def _rather_by_sms(message: Message, notices: list[Notice]) -> bool:
    """Who has a mailbox and wants no letters, and did not say so of short messages."""
    if message.channel != Channel.EMAIL or message.subject_id is None:
        return False
    chosen = preferences.of_subject(message.subject_id)
    wanted = chosen.get((Topic.PROGRESS, Channel.SMS)) is not Pace.NEVER
    return wanted and _reached_by_sms(message, notices)


def _by_sms(notice: Notice) -> bool:
    try:
        return registry.template(notice.template).by_sms
    except registry.TemplateUnknown:
        return False


def _allowed(message: Message, notices: list[Notice], at: datetime) -> list[Notice]:
    """The consent gate, asked again at every attempt: a withdrawal stops what is queued."""
    if message.channel == Channel.SMS:
        notices = [notice for notice in notices if _by_sms(notice)]
    if message.subject_id is None:
        return notices
    purposes = {notice.pk: _purpose(notice) for notice in notices}
    needed = {purpose for purpose in purposes.values() if purpose}
    granted = {purpose for purpose in needed if consent.allowed(message.subject_id, purpose, at=at)}
    return [each for each in notices if not purposes[each.pk] or purposes[each.pk] in granted]


def _purpose(notice: Notice) -> str | None:
    try:
        return registry.template(notice.template).purpose
    except registry.TemplateUnknown:
        return None


def _say_all(notices: list[Notice], wishes: Mapping[str, Pace]) -> list[Said]:
    """Those that can be put into words, urgent ones first, then the newest."""
    registry.load(notices)
    found = [said for notice in notices if (said := say(notice, wishes))]
    if not found:
        raise NothingToRender
    return _pressing_first(found)


def _pressing_first(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda each: (not each.rendered.urgent, -each.notice.pk))


def say(notice: Notice, wishes: Mapping[str, Pace]) -> Said | None:
    """One whose object is loaded; None where it cannot be put into words."""
    rendered = _render(notice)
    return Said(notice, rendered, _pace(notice, rendered, wishes)) if rendered else None


def _pace(notice: Notice, rendered: Rendered, wishes: Mapping[str, Pace]) -> Pace:
    """Safety waits for nobody's wish."""
    if rendered.urgent:
        return Pace.AT_ONCE
    to_staff = notice.subject_id is None
    topic = registry.template(notice.template).topic if to_staff else Topic.PROGRESS
    return wishes.get(topic, Pace.AT_ONCE)


def _wanted(message: Message, said: list[Said]) -> list[Said]:
    """Nothing that is not wanted. A digest goes when it goes, and once tried a message keeps its
    notices: its id must mean the same letter at every attempt."""
    wanted = [each for each in said if each.pace is not Pace.NEVER]
    if message.digest_at is None and message.attempts < 2 and not message.error_code:
        return wanted
    return [replace(each, pace=Pace.AT_ONCE) for each in wanted]


def _later(said: Iterable[Said], at: datetime) -> dict[datetime, list[int]]:
    found: dict[Pace, list[int]] = {}
    for each in said:
        if each.pace is not Pace.AT_ONCE:
            found.setdefault(each.pace, []).append(each.notice.pk)
    return {preferences.next_digest(at, pace): ids for pace, ids in found.items()}


def _render(notice: Notice) -> Rendered | None:
    try:
        return registry.render(notice)
    except Exception as error:  # noqa: BLE001  # one bad notice must not silence the others
        logger.warning("notice %s not rendered: %s", notice.template, type(error).__name__)
        return None


def _outgoing(message: Message, said: list[Said], unseen: int, at: datetime) -> Outgoing:
    """In the language that is active."""
    shown = [each.rendered for each in said[:SHOWN]]
    unseen += len(said) - len(shown)
    total = len(shown) + unseen
    if message.channel == Channel.SMS:
        return _text(message, said[0], total, at)
    part = Part.ROBOT if message.channel in ROBOTS else Part.EMAIL_BODY
    subject = _("%(count)d 条通知") % {"count": total}
    if message.digest_at is not None:
        subject = _("汇总：%(count)d 条通知") % {"count": total}
    elif total == 1:
        subject = shown[0].said(Part.EMAIL_SUBJECT)
    return Outgoing(
        str(message.delivery_id),
        at,
        subject=" ".join(subject.split()),
        body="\n\n".join([*(each.said(part) for each in shown), *_unseen(message, unseen)]) + "\n",
        wishes=_wishes(message, said),
    )


def _unseen(message: Message, count: int) -> list[str]:
    """How many more there are, and for a person where."""
    if not count:
        return []
    words = ngettext(
        "另有 %(count)d 条通知，请登录查看。", "另有 %(count)d 条通知，请登录查看。", count
    )
    to_person = message.endpoint_id is None
    page = registry.notices_page(to_staff=message.staff_id is not None) if to_person else ""
    return ["\n".join(filter(None, [words % {"count": count}, page]))]


def _wishes(message: Message, said: list[Said]) -> str:
    """Where its recipient may turn it off; safety cannot be."""
    if message.channel != Channel.EMAIL or any(each.rendered.urgent for each in said):
        return ""
    return registry.wishes_page(to_staff=message.staff_id is not None)


def _text(message: Message, first: Said, total: int, at: datetime) -> Outgoing:
    """One short message, whatever it is about."""
    if total == 1:
        template, text = first.notice.template, first.rendered.said(Part.SMS)
        values = dict(first.rendered.values)
    else:
        template, values = SEVERAL, {"count": str(total)}
        text = _("您有 %(count)d 条报事通知，请登录查看。") % {"count": total}
    return Outgoing(str(message.delivery_id), at, body=text, template=template, values=values)


def _for_robot(message: Message, at: datetime) -> Composed:
    """What a group may read: nothing of matters that only their recipient may know of."""
    notices = list(message.notices.order_by("-id")[:READ])
    with translation.override(settings.LANGUAGE_CODE):
        said = _to_group(_say_all(notices, {}))
        if not said:
            raise NotToSend("confidential")
        unread = message.notices.count() - len(notices)
        outgoing = _outgoing(message, said, unread, at)
    if len(said) + unread == 1:
        outgoing = replace(outgoing, subject="")  # its only paragraph begins with it
    urgent = any(each.rendered.urgent for each in said)
    return Composed(_to_endpoint(message, outgoing, at), urgent)


def _to_group(said: Iterable[Said]) -> list[Said]:
    open_to_all = (each for each in said if not each.rendered.confidential)
    return _pressing_first(replace(each, rendered=each.rendered.to_group()) for each in open_to_all)


def _for_webhook(message: Message, at: datetime) -> Composed:
    """What happened to what, where and when; whoever may know more asks the API."""
    occurrence = Occurrence.objects.select_related("unit").filter(message_id=message.pk).first()
    if occurrence is None:
        raise NotToSend("no_notice")
    public_id = registry.public_id(occurrence.object_kind, occurrence.object_id)
    if public_id is None:
        raise NotToSend("object_gone")
    payload = payload_of(
        occurrence.kind,
        occurrence.occurred_at,
        event=occurrence.source_id,
        object_id=str(public_id),
        unit=occurrence.unit.code,
    )
    outgoing = Outgoing(str(message.delivery_id), at, payload=payload)
    return Composed(_to_endpoint(message, outgoing, at), urgent=True)


def payload_of(kind: str, occurred_at: datetime, *, event: int, object_id: str, unit: str) -> bytes:
    """`kind` is a name such as ticket.resolved; its first part names the object."""
    data = {kind.partition(".")[0]: object_id, "event": event, "unit": unit}
    body = {"type": kind, "timestamp": occurred_at.isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _to_endpoint(message: Message, outgoing: Outgoing, at: datetime) -> Outgoing:
    if message.endpoint is None or not message.endpoint.active:
        raise NotToSend("endpoint_stopped")
    return replace(outgoing, target=sealed.target_of(message.endpoint, at))
