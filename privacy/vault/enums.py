from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Basis(models.TextChoices):
    """Legal bases of PIPL article 13; a purpose has exactly one."""

    CONSENT = "consent", _("个人同意")
    CONTRACT = "contract", _("订立、履行合同所必需")
    LEGAL_DUTY = "legal_duty", _("履行法定职责或义务所必需")
    EMERGENCY = "emergency", _("紧急情况下保护生命健康和财产安全所必需")


class ConsentOutcome(models.TextChoices):
    GRANTED = "granted", pgettext_lazy("consent", "同意")
    REFUSED = "refused", pgettext_lazy("consent", "拒绝")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "撤回")
    EXPIRED = "expired", pgettext_lazy("consent", "到期")


class ConsentState(models.TextChoices):
    """What the gate sees. `OUTDATED`: granted, but the policy has changed materially since."""

    NOT_ASKED = "not_asked", _("未询问")
    GRANTED = "granted", _("已同意")
    REFUSED = "refused", _("已拒绝")
    WITHDRAWN = "withdrawn", _("已撤回")
    EXPIRED = "expired", _("已到期")
    OUTDATED = "outdated", _("政策已变更，需重新同意")


class ConsentChannel(models.TextChoices):
    APP = "app", _("业主 App")
    MINI_PROGRAM = "mini_program", _("小程序")
    WEB = "web", _("网页")
    HOTLINE = "hotline", _("400 热线")
    PAPER = "paper", _("纸质")
    SITE_DEVICE = "site_device", _("现场设备")
    SYSTEM = "system", _("系统")


class EvidenceKind(models.TextChoices):
    """What proves the act; the thing itself is kept elsewhere, its SHA-256 here."""

    CLICK = "click", _("点击确认")
    RECORDING = "recording", _("通话录音")
    SIGNED_FORM = "signed_form", _("签字表单")
    MESSAGE_REPLY = "message_reply", _("短信回复")
    NONE = "none", _("无")


class Application(models.TextChoices):
    RESIDENTS_APP = "residents_app", _("业主 App 与网页")
    MINI_PROGRAM = "mini_program", _("小程序")
    SALES_SITE = "sales_site", _("售楼处")
    VISITOR_REGISTRATION = "visitor_registration", _("访客登记")


class PolicyLanguage(models.TextChoices):
    CHINESE = "zh-hans", _("简体中文")
    ENGLISH = "en", _("英文")


class RevealReason(models.TextChoices):
    CALL_BACK = "call_back", _("需联系本人处理工单")
    VERIFY_CALLER = "verify_caller", _("核对来电人身份")
    VISIT = "visit", _("上门服务")
    SAFETY = "safety", _("紧急情况")
    RIGHTS_REQUEST = "rights_request", _("办理个人信息请求")
    INTEGRITY_CASE = "integrity_case", _("廉政案件调查")


class LedgerKind(models.TextChoices):
    """What the audit ledger records. Apps above name their acts here, so that one list is read."""

    KEY_DESTROYED = "key_destroyed", _("销毁密钥")
    ORPHAN_KEYS_SWEPT = "orphan_keys_swept", _("清理无主密钥")
    KEYS_REWRAPPED = "keys_rewrapped", _("更换主密钥")
    DESTRUCTIONS_REPLAYED = "destructions_replayed", _("恢复后重放销毁记录")
    SUBJECTS_MERGED = "subjects_merged", _("合并主体")
    SUBJECTS_FORGOTTEN = "subjects_forgotten", _("删除主体")
    REVEAL_ALARM = "reveal_alarm", _("查看明文次数异常")
    REVEAL_REFUSED = "reveal_refused", _("查看明文超限被拒")
    POLICY_PUBLISHED = "policy_published", _("发布隐私政策")
    CONSENT_EXPIRED = "consent_expired", _("同意到期")
    REQUEST_RECEIVED = "request_received", _("收到个人信息请求")
    REQUEST_VERIFIED = "request_verified", _("请求人身份已核验")
    REQUEST_PLANNED = "request_planned", _("请求方案已制定")
    REQUEST_APPROVED = "request_approved", _("请求已批准")
    REQUEST_REFUSED = "request_refused", _("请求被拒绝")
    REQUEST_WITHDRAWN = "request_withdrawn", _("请求已撤回")
    REQUEST_ANSWERED = "request_answered", _("请求已答复")
    ERASURE_STARTED = "erasure_started", _("开始删除")
    ERASURE_STEP_DONE = "erasure_step_done", _("删除步骤完成")
    ERASURE_VERIFIED = "erasure_verified", _("删除已复核")
    CORRECTION_APPLIED = "correction_applied", _("更正已生效")
    COPY_HANDED_OVER = "copy_handed_over", _("副本已提供")
    CERTIFICATE_ISSUED = "certificate_issued", _("出具证明")
    HOLD_PLACED = "hold_placed", _("限制处理")
    HOLD_RELEASED = "hold_released", _("解除限制")
    DISCLOSURE = "disclosure", _("向第三方提供")
    ENDPOINT_CREATED = "endpoint_created", _("添加机器人或 Webhook")
    ENDPOINT_CHANGED = "endpoint_changed", _("更改机器人或 Webhook")
    WORDING_CHANGED = "wording_changed", _("更改消息文字")
    MESSAGES_RESENT = "messages_resent", _("重新发送消息")
    RECIPIENT_REGISTERED = "recipient_registered", _("登记第三方接收方")
    EXPORT_MADE = "export_made", _("导出数据")
    PERMISSION_CHANGED = "permission_changed", _("权限变更")
    ROUTING_CHANGED = "routing_changed", _("更改派单规则")
    POLICY_CHANGED = "policy_changed", _("更改时限政策")
    KEY_ACCOUNT_CHANGED = "key_account_changed", _("更改大客户")
    CALENDAR_CHANGED = "calendar_changed", _("更改工作日历")


def ledger_kinds() -> list[tuple[str, str]]:
    """A callable, so that a new kind needs no migration."""
    return [(kind.value, str(kind.label)) for kind in LedgerKind]
