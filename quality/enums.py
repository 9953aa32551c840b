from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundState(models.TextChoices):
    PLANNED = "planned", _("已计划")
    FROZEN = "frozen", _("已冻结")
    DRAWN = "drawn", _("已抽样")
    REPORTED = "reported", _("已出报告")


class Allocation(models.TextChoices):
    PROPORTIONAL = "proportional", _("按比例")
    NEYMAN = "neyman", _("奈曼")


class CaseState(models.TextChoices):
    PENDING = "pending", _("待检查")
    INSPECTED = "inspected", _("已检查")
    NON_RESPONSE = "non_response", _("无法检查")


class NonResponse(models.TextChoices):
    ERASED = "erased", _("个人信息已删除")
    RECORD_MISSING = "record_missing", _("记录缺失")
    NOT_REACHED = "not_reached", _("联系不上")


class Answer(models.TextChoices):
    YES = "yes", _("是")
    NO = "no", _("否")
    NOT_APPLICABLE = "not_applicable", _("不适用")
