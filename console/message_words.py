"""Why a message was not delivered, in words, and how one looks in each channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import wordings
from notifications.enums import Audience
from notifications.models import Message

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
    "sender_died": gettext_lazy("发送程序在途中中断，没有记下结果"),
    "key_destroyed": gettext_lazy("此人的个人信息已删除"),
}
_FAMILIES: Final[Mapping[str, Promise]] = {
    "smtp": gettext_lazy("邮件服务器拒收（%(code)s）"),
    "bounced": gettext_lazy("邮件被退回（%(code)s）"),
    "http": gettext_lazy("对方的服务器应答 %(code)s"),
    "wecom": gettext_lazy("企业微信拒绝（%(code)s）"),
    "dingtalk": gettext_lazy("钉钉拒绝（%(code)s）"),
    "tencent": gettext_lazy("腾讯云短信拒绝（%(code)s）"),
    "raised": gettext_lazy("发送时出现系统没有预料到的错误（%(code)s）"),
}


#: what whoever reads the reason can do, where that does not follow from it
_ADVICE: Final[Mapping[str, Promise]] = {
    "sender_died": gettext_lazy(
        "对方可能已经收到。先查发送服务为何中断（日志、内存），再重发；编号不变，对方可据此去重。"
    ),
}


def reason(code: str) -> str:
    known = _REASONS.get(code)
    if known is not None:
        return str(known)
    family, _separator, rest = code.partition("_")
    words = _FAMILIES.get(family)
    return str(words) % {"code": rest} if words else code


def advice(code: str) -> str:
    return str(_ADVICE.get(code, ""))


def recipient(message: Message) -> str:
    """A resident is shown as a resident, not as a number."""
    if message.staff is not None:
        return message.staff.name
    return message.endpoint.name if message.endpoint is not None else _("住户")


def about(message: Message) -> str:
    """What it was to tell, by the names of its texts; of no case, which whoever mends this may not
    see."""
    labels = {_label(notice.template) for notice in message.notices.all()}
    return "、".join(sorted(labels - {""}))


def _label(template: str) -> str:
    known = (wordings.find(template, audience) for audience in Audience.values)
    return next((str(wording.label) for wording in known if wording is not None), "")
