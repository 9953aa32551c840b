"""From a message, which holds references only, to a letter, at the moment of sending."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import registry
from notifications.models import Message, Notice
from notifications.registry import Address, Rendered
from privacy.vault.services import consent

logger = logging.getLogger(__name__)

SHOWN: Final = 20
READ: Final = 200


class NotToSend(Exception):
    """This message reaches nobody; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NothingToRender(Exception):
    """No notice of the message could be put into words."""


@dataclass(frozen=True, slots=True)
class Letter:
    address: str
    subject: str
    body: str
    urgent: bool


def compose(message: Message, at: datetime) -> Letter:
    """Address and words of a message, in its recipient's language.

    Raises NotToSend when there is nobody to send to or no consent, NothingToRender when every
    template failed.
    """
    address = _address(message)
    notices = list(message.notices.order_by("-id")[:READ])
    allowed = _allowed(message, notices, at)
    if not allowed:
        raise NotToSend("consent_missing" if notices else "no_notice")
    registry.load(allowed)
    with translation.override(address.language):
        rendered = _render_all(allowed)
        hidden = message.notices.count() - len(notices) if len(notices) == READ else 0
        return _letter(address, rendered, hidden + len(allowed) - len(rendered))


def _address(message: Message) -> Address:
    if message.staff is not None:
        if not message.staff.is_active:
            raise NotToSend("recipient_left")
        found = Address(message.staff.email, message.staff.preferred_language)
    else:
        found = _address_of_subject(message)
    if not found.value:
        raise NotToSend("no_address")
    return found


def _address_of_subject(message: Message) -> Address:
    nowhere = Address("", "")
    if message.subject_id is None:
        return nowhere
    return registry.address_of_subject(message.channel, message.subject_id) or nowhere


def _allowed(message: Message, notices: list[Notice], at: datetime) -> list[Notice]:
    """The consent gate, asked again at every attempt: a withdrawal stops what is queued."""
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


def _render_all(notices: Iterable[Notice]) -> list[Rendered]:
    """Those that can be put into words, urgent ones first, then the newest."""
    found = [rendered for notice in notices if (rendered := _render(notice))]
    if not found:
        raise NothingToRender
    return sorted(found, key=lambda rendered: not rendered.urgent)


def _render(notice: Notice) -> Rendered | None:
    try:
        return registry.render(notice)
    except Exception as error:  # noqa: BLE001  # one bad notice must not silence the others
        logger.warning("notice %s not rendered: %s", notice.template, type(error).__name__)
        return None


def _letter(address: Address, rendered: list[Rendered], unseen: int) -> Letter:
    shown = rendered[:SHOWN]
    unseen += len(rendered) - len(shown)
    total = len(shown) + unseen
    paragraphs = [_paragraph(each) for each in shown]
    if unseen:
        paragraphs.append(
            ngettext(
                "另有 %(count)d 条通知，请登录查看。",
                "另有 %(count)d 条通知，请登录查看。",
                unseen,
            )
            % {"count": unseen}
        )
    subject = shown[0].subject if total == 1 else _("%(count)d 条通知") % {"count": total}
    return Letter(
        address=address.value,
        subject=" ".join(subject.split()),
        body="\n\n".join(paragraphs) + "\n",
        urgent=any(each.urgent for each in rendered),
    )


def _paragraph(rendered: Rendered) -> str:
    return "\n".join(part for part in (rendered.subject, rendered.body, rendered.url) if part)
