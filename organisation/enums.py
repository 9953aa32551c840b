from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitLevel(models.TextChoices):
    GROUP = "group", _("集团")
    REGION = "region", _("区域公司")
    CITY = "city", _("城市公司")
    COMMUNITY = "community", _("小区")
    DEPARTMENT = "department", _("部门")


class Language(models.TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("放假")
    MAKE_UP = "make_up", _("调休上班")
