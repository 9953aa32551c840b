from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    COPY = "copy", _("查阅、复制")
    CORRECT = "correct", _("更正")
    COMPLETE = "complete", _("补充")
    DELETE = "delete", _("删除")
    WITHDRAW = "withdraw", _("撤回同意")
    CANCEL_ACCOUNT = "cancel_account", _("注销账号")
    EXPLAIN = "explain", _("解释说明")
    COMPLAIN = "complain", _("个人信息投诉")
    DECEASED = "deceased", _("逝者近亲属")


#: kinds that end the person's data
ERASURES = (RequestKind.DELETE, RequestKind.CANCEL_ACCOUNT)
#: kinds that the desk carries out itself; it takes no other, which would wait for nobody
CARRIED_OUT = (RequestKind.CORRECT, *ERASURES)


class RequestState(models.TextChoices):
    IDENTITY_PENDING = "identity_pending", _("待核验身份")
    VERIFIED = "verified", _("已核验")
    PLANNED = "planned", _("已拟方案")
    APPROVED = "approved", _("已批准")
    EXECUTING = "executing", _("执行中")
    VERIFYING = "verifying", _("核查中")
    ANSWERED = "answered", _("已答复")
    REFUSED = "refused", _("已拒绝")
    RESTRICTED = "restricted", _("限制处理")
    WITHDRAWN = "withdrawn", _("已撤回")


class StepState(models.TextChoices):
    PENDING = "pending", _("待执行")
    DONE = "done", _("已执行")
    VERIFIED = "verified", _("已核查")


class HoldGround(models.TextChoices):
    OPEN_TICKET = "open_ticket", _("工单未办结")
    LITIGATION = "litigation", _("诉讼")
    LEGAL_RETENTION = "legal_retention", _("法定保存期限")
    PAYMENT = "payment", _("未结费用")


class CorrectableField(models.TextChoices):
    NAME = "name", _("姓名")
    PHONE = "phone", _("手机号")
    EMAIL = "email", _("电子邮箱")
    LANGUAGE = "language", _("语言")
