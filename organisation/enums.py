from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitLevel(models.TextChoices):
    GROUP = "group", _("集团")
    REGION = "region", _("区域公司")
    CITY = "city", _("城市公司")
    COMMUNITY = "community", _("小区")
    DEPARTMENT = "department", _("部门")


class Language(models.TextChoices):
    """What people read. In Traditional Chinese the desk writes its messages; pages then show
    Simplified Chinese."""

    CHINESE = "zh-hans", "简体中文"
    TRADITIONAL = "zh-hant", "繁體中文"
    ENGLISH = "en", "English"


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("放假")
    MAKE_UP = "make_up", _("调休上班")


class Permission(models.TextChoices):
    """All that a role can allow. Apps ask for these by their text."""

    TICKETS_VIEW = "tickets.view", _("查看工单")
    TICKETS_CREATE = "tickets.create", _("登记工单")
    TICKETS_HANDLE = "tickets.handle", _("处理工单")
    TICKETS_ASSIGN = "tickets.assign", _("派单、转单")
    TICKETS_CLOSE = "tickets.close", _("关闭工单")
    TICKETS_EXTEND = "tickets.extend", _("审批延期")
    TICKETS_SUPERVISE = "tickets.supervise", _("督办工单")
    CALLBACKS_MAKE = "callbacks.make", _("回访住户")
    CALLBACKS_ACCOUNT = "callbacks.account", _("回访大客户")
    ACCOUNTS_VIEW = "accounts.view", _("查看大客户")
    TICKETS_NOTE = "tickets.note", _("写内部备注")
    TICKETS_REPLY = "tickets.reply", _("回复住户")
    TICKETS_VIEW_REPORTER = "tickets.view_reporter", _("查看报事人姓名与房号")
    TICKETS_REVEAL_REPORTER = "tickets.reveal_reporter", _("查看报事人完整电话")
    CALLERS_LOOKUP = "callers.lookup", _("按电话查询来电人")
    RESIDENTS_EDIT = "residents.edit", _("登记与修改住户")
    ESCALATIONS_RECEIVE = "escalations.receive", _("接收升级上报")
    ESCALATIONS_DECIDE = "escalations.decide", _("接管或退回升级工单")
    DUTY_QUEUE = "duty.queue", _("处理值班队列")
    INTEGRITY_VIEW = "integrity.view", _("查看廉政举报")
    LEGAL_VIEW = "legal.view", _("查看知识产权通知和交给法务的工单")
    QUALITY_VIEW = "quality.view", _("查看品质检查")
    QUALITY_PLAN = "quality.plan", _("制定品质检查")
    QUALITY_INSPECT = "quality.inspect", _("执行品质检查")
    PRIVACY_VIEW = "privacy.view", _("查看个人信息请求")
    PRIVACY_VERIFY = "privacy.verify", _("核验请求人身份")
    PRIVACY_PLAN = "privacy.plan", _("拟订处理方案")
    PRIVACY_APPROVE = "privacy.approve", _("批准处理方案")
    SUPPLIERS_VIEW = "suppliers.view", _("查看供应商")
    SUPPLIERS_ANALYSE = "suppliers.analyse", _("分析供应商投诉并安排跟进")
    SUPPLIERS_MANAGE = "suppliers.manage", _("登记供应商与合同、提出评级")
    SUPPLIERS_APPROVE = "suppliers.approve", _("批准供应商评级")
    ORGANISATION_MANAGE = "organisation.manage", _("管理组织与系统设置")
    HISTORY_VIEW = "history.view", _("查看修改历史")
    CALLS_REPORT = "calls.report", _("推送来电（电话交换机）")
    ALERTS_REPORT = "alerts.report", _("上报设备告警（楼宇系统）")

    @classmethod
    def said(cls, texts: Iterable[str]) -> list[str]:
        """In words; what is no permission of today stays as it is."""
        known = dict(cls.choices)
        return [str(known.get(text, text)) for text in texts]


#: what outside systems alone report, and no role of people is given
MACHINES_ALONE: Final = frozenset({Permission.CALLS_REPORT, Permission.ALERTS_REPORT})


class SupplierService(models.TextChoices):
    """What a supplier does for a community."""

    CLEANING = "cleaning", _("保洁")
    SECURITY = "security", _("秩序维护")
    GREENING = "greening", _("绿化养护")
    LIFTS = "lifts", _("电梯维保")
    FIRE = "fire", _("消防维保")
    ENGINEERING = "engineering", _("工程维修")
    PARKING = "parking", _("停车系统")
    WASTE = "waste", _("垃圾清运")
    PESTS = "pests", _("有害生物防治")
    WATER = "water", _("二次供水清洗")


class SupplierGrade(models.TextChoices):
    GROUP_STRATEGIC = "group_strategic", _("集团战略")
    REGION_STRATEGIC = "region_strategic", _("区域战略")
    QUALIFIED = "qualified", _("合格")
    UNQUALIFIED = "unqualified", _("不合格")


class GradeReason(models.TextChoices):
    YEARLY_REVIEW = "yearly_review", _("年度评估")
    COMPLAINTS = "complaints", _("投诉分析")
    CONTRACT_RESULT = "contract_result", _("履约评价")
    SAFETY = "safety", _("安全事故")
    INTEGRITY = "integrity", _("廉洁问题")


class GradeDecision(models.TextChoices):
    PENDING = "pending", _("待批准")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("未批准")
