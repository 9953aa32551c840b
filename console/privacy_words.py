"""Privacy requests in the words of those who answer them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.masking import mask_email, mask_name, mask_phone
from privacy.rights.enums import CorrectableField, RequestState
from privacy.rights.models import PrivacyRequest

#: what lies in each holding of the data map
HOLDINGS: Final[dict[str, Promise]] = {
    "residents.sign_in_codes": gettext_lazy("登录验证码"),
    "residents.device_tokens": gettext_lazy("已登录的设备"),
    "residents.key_account_contacts": gettext_lazy("大客户联系人"),
    "residents.occupancies": gettext_lazy("与房屋的关系"),
    "residents.contact_points": gettext_lazy("电话和邮箱"),
    "residents.people": gettext_lazy("姓名等基本资料"),
    "notifications.messages": gettext_lazy("通知和消息"),
    "complaints.drafts": gettext_lazy("未提交的草稿和照片"),
    "complaints.pictures": gettext_lazy("工单照片"),
    "complaints.fragments": gettext_lazy("工单文字里的证件号和电话"),
    "complaints.texts": gettext_lazy("工单里住户说的话"),
    "complaints.homes": gettext_lazy("工单关联的房屋"),
    "complaints.reports": gettext_lazy("工单与报事人的关联"),
    "complaints.ip_notices": gettext_lazy("知识产权通知中的权利人"),
    "organisation.supplier_contacts": gettext_lazy("供应商联系人"),
    "residents.calls": gettext_lazy("来电记录和通话草稿"),
    "rights.requests": gettext_lazy("此前的个人信息请求"),
}

STEPS: Final = (
    gettext_lazy("收到"),
    gettext_lazy("核验"),
    gettext_lazy("方案"),
    gettext_lazy("批准"),
    gettext_lazy("执行"),
    gettext_lazy("答复"),
)

#: which of the steps a request stands at, counted from one; beyond the last when it is over
AT: Final[dict[str, int]] = {
    RequestState.IDENTITY_PENDING: 2,
    RequestState.VERIFIED: 3,
    RequestState.PLANNED: 4,
    RequestState.APPROVED: 5,
    RequestState.EXECUTING: 5,
    RequestState.VERIFYING: 5,
    RequestState.RESTRICTED: 5,
    RequestState.ANSWERED: 7,
}

_MASKS: Final[dict[str, Callable[[str], str]]] = {
    CorrectableField.NAME: mask_name,
    CorrectableField.PHONE: mask_phone,
    CorrectableField.EMAIL: mask_email,
}


def holding(name: str) -> str:
    return str(HOLDINGS.get(name, name))


def line(request: PrivacyRequest) -> tuple[list[str], int]:
    """The labels of the steps and which is current. One that was refused or taken back shows how
    far it came, and its end."""
    if request.state in AT:
        return [str(label) for label in STEPS], AT[request.state]
    came = [STEPS[0], STEPS[1]] if request.verified_at else [STEPS[0]]
    labels = [*(str(label) for label in came), request.get_state_display()]
    return labels, len(labels) + 1


def masked(field: str, text: str) -> str:
    """A value of this field as it may be recognised; — for none."""
    if not text:
        return "—"
    return _MASKS[field](text) if field in _MASKS else text


def title(request: PrivacyRequest) -> str:
    kind = request.get_kind_display()
    if not request.field:
        return str(kind)
    return _("%(kind)s · %(field)s") % {"kind": kind, "field": request.get_field_display()}
