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


class AccountChangeKind(models.TextChoices):
    """What changed of a key account, without whom it was about."""

    CONTACT_ADDED = "contact_added", _("增加一名联系人")
    CONTACT_REMOVED = "contact_removed", _("移除一名联系人")
    CONTACT_ERASED = "contact_erased", _("一名联系人的个人信息已删除")
    MANAGER_CHANGED = "manager_changed", _("更换大客户经理")
    COMMUNITY_ADDED = "community_added", _("合同增加小区")
    COMMUNITY_REMOVED = "community_removed", _("合同移除小区")


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
