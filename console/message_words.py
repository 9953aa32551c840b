"""Why a message was not delivered, in words, and how one looks in each channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import placeholders, sms_parts
from notifications.enums import Audience, Part, Topic
from notifications.models import Message
from notifications.registry import TemplateUnknown, template
from notifications.services.composing import payload_of
from notifications.sms_parts import Size
from notifications.wordings import Texts, Wording
from organisation.enums import Language

_REASONS: Final[Mapping[str, Promise]] = {
    "timeout": gettext_lazy("对方没有在时限内应答"),
    "disconnected": gettext_lazy("连接中断或没有在时限内应答"),
    "no_connection": gettext_lazy("连不上对方的服务器"),
    "name_unknown": gettext_lazy("找不到对方的主机名"),
    "bad_address": gettext_lazy("地址不正确"),
    "address_refused": gettext_lazy("地址在公司内部或不是 https，不允许发送"),
    "redirect_refused": gettext_lazy("对方要求跳转，不允许跟随"),
    "answer_too_long": gettext_lazy("对方的应答过长"),
    "answer_unreadable": gettext_lazy("对方的应答看不懂"),
    "gateway_refused": gettext_lazy("短信网关拒绝了这条消息"),
    "sms_not_configured": gettext_lazy("没有配置短信"),
    "sms_text_not_approved": gettext_lazy("这条文字没有对应的已审核短信模板"),
    "recipient_not_registered": gettext_lazy("第三方接收方未登记或登记已到期，未提供号码"),
    "not_rendered": gettext_lazy("内容无法生成"),
    "key_destroyed": gettext_lazy("此人的个人信息已删除"),
}
_FAMILIES: Final[Mapping[str, Promise]] = {
    "smtp": gettext_lazy("邮件服务器拒收（%(code)s）"),
    "bounced": gettext_lazy("邮件被退回（%(code)s）"),
    "http": gettext_lazy("对方的服务器应答 %(code)s"),
    "wecom": gettext_lazy("企业微信拒绝（%(code)s）"),
    "dingtalk": gettext_lazy("钉钉拒绝（%(code)s）"),
    "tencent": gettext_lazy("腾讯云短信拒绝（%(code)s）"),
}
_SAMPLE_AT: Final = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


def reason(code: str) -> str:
    known = _REASONS.get(code)
    if known is not None:
        return str(known)
    family, _separator, rest = code.partition("_")
    words = _FAMILIES.get(family)
    return str(words) % {"code": rest} if words else code


def recipient(message: Message) -> str:
    """A resident is shown as a resident, not as a number."""
    if message.staff is not None:
        return message.staff.name
    return message.endpoint.name if message.endpoint is not None else _("住户")


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as each channel would carry it in one language; empty where it does not go."""

    language: str
    name: str
    parts: Mapping[str, str]
    sms_size: Size | None
    webhook: str


def preview(wording: Wording, texts: Texts, language: str) -> Preview:
    """`texts`, in the form in which they are kept, on sample data."""
    with translation.override(language):
        values = wording.sample_values()
    parts = {part.value: placeholders.fill(text, values) for part, text in texts.items()}
    sms = parts.get(Part.SMS)
    return Preview(
        language=language,
        name=Language(language).label,
        parts=parts,
        sms_size=sms_parts.size_of(sms, settings.SMS_TENCENT_SIGN) if sms else None,
        webhook=_webhook() if _is_escalation(wording) else "",
    )


def _is_escalation(wording: Wording) -> bool:
    """A sentence that only a part of a template says is one of escalations."""
    if wording.audience != Audience.POST:
        return False
    try:
        return template(wording.code).topic is Topic.ESCALATION
    except TemplateUnknown:
        return True


def _webhook() -> str:
    payload = payload_of(
        "ticket.escalated", _SAMPLE_AT, event=1024, object_id=str(UUID(int=0)), unit="X1"
    )
    return payload.decode()
