from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ContactKind(models.TextChoices):
    PHONE = "phone", _("电话")
    EMAIL = "email", _("电子邮箱")


class OccupancyRole(models.TextChoices):
    OWNER = "owner", _("业主")
    TENANT = "tenant", _("租户")
    FAMILY = "family", _("家庭成员")


class AccountTier(models.TextChoices):
    GROUP_STRATEGIC = "group_strategic", _("集团战略")
    REGION_STRATEGIC = "region_strategic", _("区域战略")
    STANDARD = "standard", _("一般")


class CodePurpose(models.TextChoices):
    SIGN_IN = "sign_in", _("登录")
    PRIVACY = "privacy", _("个人信息请求核验")
    NEW_NUMBER = "new_number", _("确认新号码")


class CallState(models.TextChoices):
    RINGING = "ringing", _("响铃")
    ANSWERED = "answered", _("通话中")
    ENDED = "ended", _("已挂断")


class CallDirection(models.TextChoices):
    INBOUND = "inbound", _("来电")
    OUTBOUND = "outbound", _("去电")
