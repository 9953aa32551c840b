from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    IN_APP = "in_app", _("站内")
    EMAIL = "email", _("邮件")
    SMS = "sms", _("短信")
    WECOM = "wecom", _("企业微信群机器人")
    DINGTALK = "dingtalk", _("钉钉群机器人")
    WEBHOOK = "webhook", "Webhook"


#: each has a lane of its own: what hangs in one holds up none of the others
LANES = (Channel.EMAIL, Channel.SMS, Channel.WECOM, Channel.DINGTALK, Channel.WEBHOOK)
ROBOTS = (Channel.WECOM, Channel.DINGTALK)


class MessageState(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENT = "sent", _("已发送")
    DROPPED = "dropped", _("不发送")
    DEAD = "dead", _("发送失败")


class Topic(models.TextChoices):
    """What a notice is about, as people choose what to be told of and how."""

    WORK = "work", _("我的工单")
    ESCALATION = "escalation", _("超时上报")
    PROGRESS = "progress", _("报事进展")


class Pace(models.TextChoices):
    """How somebody is told over a channel. The bell always shows everything."""

    AT_ONCE = "at_once", pgettext_lazy("pace", "立即")
    DAILY = "daily", pgettext_lazy("pace", "每个工作日汇总")
    WEEKLY = "weekly", pgettext_lazy("pace", "每周汇总")
    NEVER = "never", pgettext_lazy("pace", "不发送")


class Audience(models.TextChoices):
    POST = "post", _("员工")
    REPORTER = "reporter", _("报事人")
    ASKER = "asker", _("个人信息请求人")


class Part(models.TextChoices):
    """What a message consists of: one line in the desk, and what each channel carries."""

    SENTENCE = "sentence", _("站内通知")
    EMAIL_SUBJECT = "email_subject", _("邮件主题")
    EMAIL_BODY = "email_body", _("邮件正文")
    SMS = "sms", _("短信")
    ROBOT = "robot", _("群机器人")
