"""A privacy request in words: its steps, when it is answered at the latest, what was erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.enums import ClockKind, ClockState, State
from privacy.rights.enums import ERASURES, RequestState
from privacy.rights.models import Certificate, PrivacyRequest
from privacy.rights.services import certificates
from privacy.rights.services.answers import RefusalReason

_ENDS: Final[dict[str, Promise]] = {
    RequestState.ANSWERED: gettext_lazy("已办结"),
    RequestState.REFUSED: gettext_lazy("未获批准"),
    RequestState.WITHDRAWN: gettext_lazy("您撤回了请求"),
}

#: what a state means to whoever asked
_STATES: Final[dict[str, Promise]] = {
    RequestState.IDENTITY_PENDING: gettext_lazy("等您确认身份"),
    RequestState.VERIFIED: gettext_lazy("办理中"),
    RequestState.PLANNED: gettext_lazy("办理中"),
    RequestState.APPROVED: gettext_lazy("办理中"),
    RequestState.EXECUTING: gettext_lazy("办理中"),
    RequestState.VERIFYING: gettext_lazy("核查中"),
    RequestState.ANSWERED: gettext_lazy("已办结"),
    RequestState.REFUSED: gettext_lazy("未获批准"),
    RequestState.RESTRICTED: gettext_lazy("等工单办结"),
    RequestState.WITHDRAWN: gettext_lazy("已撤回"),
}

#: the holdings of the data map, as their owner would call them
HOLDINGS: Final[dict[str, Promise]] = {
    "residents.sign_in_codes": gettext_lazy("登录验证码"),
    "residents.device_tokens": gettext_lazy("登录的设备"),
    "residents.key_account_contacts": gettext_lazy("企业联系人"),
    "residents.occupancies": gettext_lazy("居住关系"),
    "residents.contact_points": gettext_lazy("电话和邮箱"),
    "residents.people": gettext_lazy("姓名等基本资料"),
    "notifications.messages": gettext_lazy("通知和消息"),
    "complaints.drafts": gettext_lazy("未发送的照片"),
    "complaints.pictures": gettext_lazy("工单照片"),
    "complaints.fragments": gettext_lazy("工单里的证件和电话号码"),
    "complaints.texts": gettext_lazy("工单里您写的内容"),
    "complaints.homes": gettext_lazy("工单关联的房屋"),
    "complaints.reports": gettext_lazy("工单与您的关联"),
    "rights.requests": gettext_lazy("个人信息请求"),
    "complaints.ip_notices": gettext_lazy("知识产权通知"),
    "organisation.supplier_contacts": gettext_lazy("供应商联系人"),
    "residents.calls": gettext_lazy("来电记录"),
}


def title(request: PrivacyRequest) -> str:
    if request.field:
        return f"{request.get_kind_display()} · {request.get_field_display()}"
    return _("%(kind)s个人信息") % {"kind": request.get_kind_display()}


def state_words(request: PrivacyRequest) -> str:
    if request.ticket.state == State.WITHDRAWN:
        return str(_STATES[RequestState.WITHDRAWN])
    return str(_STATES[request.state])


def steps(request: PrivacyRequest) -> list[dict[str, Any]]:
    """Data for `{% parcel %}`, newest first."""
    said = [
        (request.received_at, _("已收到请求"), ""),
        (request.verified_at, _("已核验是您本人"), ""),
        (request.approved_at, _("已批准，开始办理"), _held(request)),
        (request.answered_at, str(_ENDS.get(request.state, "")), _refusal(request)),
    ]
    return [
        {"at": at, "title": title, "detail": detail} for at, title, detail in reversed(said) if at
    ]


def due_at(request: PrivacyRequest) -> datetime | None:
    """The latest moment of the answer; None when it has been given."""
    clock = request.ticket.clocks.filter(kind=ClockKind.RESOLVE, state=ClockState.RUNNING).first()
    return clock.due_at if clock else None


def follows_by_link(request: PrivacyRequest) -> bool:
    """Whose data are being erased cannot sign in any more: from the approval on, the address of the
    page is enough to open it. It names nobody."""
    return request.kind in ERASURES and request.approved_at is not None


def certified(request: PrivacyRequest) -> dict[str, Any] | None:
    certificate = Certificate.objects.filter(request=request).first()
    if certificate is None:
        return None
    body = certificate.body
    return {
        "issued_at": certificate.issued_at,
        "genuine": certificates.is_genuine(certificate),
        "signature": certificate.signature,
        "backup_days": body["backups_expire_after_days"],
        "rows": [(_holding(each["name"]), each["erased"]) for each in body["holdings"]],
        "kept_mentions": body["mentions_by_others"]["kept"],
    }


def _holding(name: str) -> str:
    return str(HOLDINGS.get(name, name))


def _held(request: PrivacyRequest) -> str:
    held = request.holds.filter(released_at__isnull=True).count()
    if not held:
        return ""
    return _("%(n)d 件工单还没有办结，办结后继续删除；其他资料已先行删除。") % {"n": held}


def _refusal(request: PrivacyRequest) -> str:
    if request.state != RequestState.REFUSED:
        return ""
    reason = RefusalReason(request.refusal_code).label
    return _(
        "原因：%(reason)s。如有异议，可在 30 日内向个人信息保护负责人申诉，"
        "也可以依法向人民法院提起诉讼。"
    ) % {"reason": reason}
