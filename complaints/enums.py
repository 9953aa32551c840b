"""The words of the engine. Data only; no ORM."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    COMPLAINT = "complaint", _("投诉")
    REPAIR = "repair", _("报修")
    INQUIRY = "inquiry", _("咨询")
    SUGGESTION = "suggestion", _("建议")
    PRAISE = "praise", _("表扬")
    INCIDENT = "incident", _("突发事件")
    INTEGRITY = "integrity", _("廉政举报")
    IP_NOTICE = "ip_notice", _("知识产权通知")
    PRIVACY = "privacy", _("个人信息请求")


class Channel(models.TextChoices):
    HOTLINE = "hotline", _("400 热线")
    APP = "app", _("业主 App")
    MINI_PROGRAM = "mini_program", _("小程序")
    PORTAL = "portal", _("住户网页")
    WEB = "web", _("公开网页")
    SITE_VISIT = "site_visit", _("现场来访")
    SALES_SITE = "sales_site", _("案场")
    EMAIL = "email", _("电子邮件")
    LETTER = "letter", _("信函")
    OWNERS_MEETING = "owners_meeting", _("业主大会")
    HOME_VISIT = "home_visit", _("入户走访")
    BUILDING_SYSTEM = "building_system", _("楼宇系统")
    QUESTIONNAIRE = "questionnaire", _("问卷")
    IMPORT = "import", _("历史导入")


#: the branch of categories with a public channel per community
ENVIRONMENT: Final = "environment"
#: matters of this category are about people: whom the words name is kept away
STAFF_CONDUCT: Final = "staff_conduct"
#: these matters are of one kind, whatever somebody chose: the kind decides who may see them
KIND_OF_CATEGORY: Final = {
    "integrity": Kind.INTEGRITY,
    "intellectual_property": Kind.IP_NOTICE,
}


class Severity(models.TextChoices):
    ORDINARY = "ordinary", _("一般")
    URGENT = "urgent", _("紧急")
    SERIOUS = "serious", _("重大")
    SAFETY = "safety", _("安全")


class DangerKind(models.TextChoices):
    """What may cost a life, as far as words tell it."""

    ENTRAPMENT = "entrapment", _("有人被困")
    GAS = "gas", _("燃气泄漏")
    FIRE = "fire", _("起火或爆炸")
    FLOOD = "flood", _("水淹或爆管")
    ELECTRIC = "electric", _("触电或漏电")
    FALLING = "falling", _("高空坠落")
    COLLAPSE = "collapse", _("坍塌")
    INJURY = "injury", _("有人受伤或昏迷")
    VIOLENCE = "violence", _("暴力")


class State(models.TextChoices):
    RECEIVED = "received", _("已受理")
    ASSIGNED = "assigned", _("已派单")
    ACCEPTED = "accepted", _("已接单")
    IN_PROGRESS = "in_progress", _("处理中")
    WAITING_RESIDENT = "waiting_resident", _("待住户")
    WAITING_SUPPLIER = "waiting_supplier", _("待供应商")
    RESOLVED = "resolved", _("已解决")
    CALL_BACK = "call_back", _("回访中")
    REOPENED = "reopened", pgettext_lazy("state", "重新打开")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")
    REJECTED = "rejected", pgettext_lazy("state", "不予受理")
    MERGED = "merged", _("已并单")


class Action(models.TextChoices):
    ASSIGN = "assign", _("派单")
    ACCEPT = "accept", _("接单")
    START = "start", _("开始处理")
    WAIT_RESIDENT = "wait_resident", _("等待住户")
    WAIT_SUPPLIER = "wait_supplier", _("等待供应商")
    RESUME = "resume", _("继续处理")
    RESOLVE = "resolve", _("解决")
    RETURN = "return", _("退单")
    CALL_BACK = "call_back", _("安排回访")
    CONFIRM = "confirm", _("回访满意")
    REOPEN = "reopen", _("重新打开")
    CLOSE = "close", _("办结")
    WITHDRAW = "withdraw", _("撤回")
    REJECT = "reject", _("不予受理")
    MERGE = "merge", _("并单")


class Entry(models.TextChoices):
    """What is said about a ticket without moving it."""

    REPLY = "reply", _("答复住户")
    NOTE = "note", _("内部备注")
    ADD = "add", _("补充说明")
    URGE = "urge", _("催单")
    RATE = "rate", _("评价")
    NAME = "name", _("登记被举报人")
    COORDINATE = "coordinate", _("协调")
    FORWARD = "forward", _("转送被通知人")
    COUNTER = "counter", _("登记不侵权声明")
    DECIDE = "decide", _("作出决定")


class Decision(models.TextChoices):
    """What senior staff do with a ticket that has come up to them."""

    TAKE_OVER = "take_over", _("接管")
    GIVE_BACK = "give_back", _("批示退回")
    ACKNOWLEDGE = "acknowledge", _("确认收到")


class Tie(models.TextChoices):
    """What is done about how a ticket belongs to others."""

    UNMERGE = "unmerge", _("撤销并单")
    LINK = "link", _("关联工单")
    UNLINK = "unlink", _("取消关联")


class Remedy(models.TextChoices):
    """What is done about the cause of a matter, beyond the matter itself."""

    PLAN = "plan_action", _("制定整改措施")
    HAND_OVER = "hand_over_action", _("移交整改")
    COMPLETE = "complete_action", _("报告整改完成")
    VERIFY = "verify_action", _("验收整改")
    RETURN = "return_action", _("退回整改")


class Measure(models.TextChoices):
    """Time, pressure and asking back: what neither moves a ticket by itself nor says anything."""

    ASK_EXTENSION = "ask_extension", _("申请延期")
    GRANT_EXTENSION = "grant_extension", _("同意延期")
    REFUSE_EXTENSION = "refuse_extension", _("不同意延期")
    SUPERVISE = "supervise", _("督办")
    END_SUPERVISION = "end_supervision", _("解除督办")
    RECORD_CALL = "record_call", _("记录回访")
    RAISE = "raise_severity", _("提高级别")
    LOWER = "lower_severity", _("降低级别")
    ACCOUNT = "correct_account", _("更正大客户")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("住户可见")
    INTERNAL = "internal", _("内部")


class EventKind(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("event", "受理")
    ASSIGNED = "assigned", pgettext_lazy("event", "派单")
    ACCEPTED = "accepted", pgettext_lazy("event", "接单")
    STARTED = "started", pgettext_lazy("event", "开始处理")
    WAITING = "waiting", pgettext_lazy("event", "等待")
    RESUMED = "resumed", pgettext_lazy("event", "继续处理")
    REPLIED = "replied", pgettext_lazy("event", "答复")
    NOTED = "noted", pgettext_lazy("event", "内部备注")
    NAMED = "named", pgettext_lazy("event", "登记被举报人")
    COORDINATED = "coordinated", pgettext_lazy("event", "协调")
    FORWARDED = "forwarded", pgettext_lazy("event", "已转送被通知人")
    COUNTERED = "countered", pgettext_lazy("event", "收到不侵权声明")
    DECIDED = "decided", pgettext_lazy("event", "已作出决定")
    ADDED = "added", pgettext_lazy("event", "补充")
    URGED = "urged", pgettext_lazy("event", "催单")
    RESOLVED = "resolved", pgettext_lazy("event", "解决")
    RATED = "rated", pgettext_lazy("event", "评价")
    REOPENED = "reopened", pgettext_lazy("event", "重新打开")
    CLOSED = "closed", pgettext_lazy("event", "办结")
    WITHDRAWN = "withdrawn", pgettext_lazy("event", "撤回")
    REJECTED = "rejected", pgettext_lazy("event", "不予受理")
    ESCALATED = "escalated", pgettext_lazy("event", "升级")
    TAKEN_OVER = "taken_over", pgettext_lazy("event", "接管")
    GIVEN_BACK = "given_back", pgettext_lazy("event", "退回")
    REVIEWED = "reviewed", pgettext_lazy("event", "值班复核")
    RETURNED = "returned", pgettext_lazy("event", "退单")
    EXTEND_ASKED = "extend_asked", pgettext_lazy("event", "申请延期")
    EXTENDED = "extended", pgettext_lazy("event", "延期")
    NOT_EXTENDED = "not_extended", pgettext_lazy("event", "不同意延期")
    SUPERVISED = "supervised", pgettext_lazy("event", "督办")
    GRADED = "graded", pgettext_lazy("event", "定级")
    OF_ACCOUNT = "of_account", pgettext_lazy("event", "更正大客户")
    RELEASED = "released", pgettext_lazy("event", "解除督办")
    CALL_BACK = "call_back", pgettext_lazy("event", "安排回访")
    CALLED_BACK = "called_back", pgettext_lazy("event", "回访")
    CORRECTED = "corrected", pgettext_lazy("event", "更正")
    ERASED = "erased", pgettext_lazy("event", "个人信息已删除")
    ALERTED = "alerted", pgettext_lazy("event", "设备告警")
    MERGED = "merged", pgettext_lazy("event", "并单")
    UNMERGED = "unmerged", pgettext_lazy("event", "撤销并单")
    LINKED = "linked", pgettext_lazy("event", "关联")
    UNLINKED = "unlinked", pgettext_lazy("event", "取消关联")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("event", "确认收到")
    PLANNED = "planned", pgettext_lazy("event", "整改措施")
    HANDED_OVER = "handed_over", pgettext_lazy("event", "整改移交")
    COMPLETED = "completed", pgettext_lazy("event", "整改完成")
    VERIFIED = "verified", pgettext_lazy("event", "整改验收")
    SENT_BACK = "sent_back", pgettext_lazy("event", "整改退回")
    LAPSED = "lapsed", pgettext_lazy("event", "整改逾期")


class TextRole(models.TextChoices):
    SUMMARY = "summary", _("标题")
    BODY = "body", _("内容")
    PLACE = "place", _("地点")
    REPLY = "reply", _("答复")
    NOTE = "note", _("备注")
    COMMENT = "comment", _("评语")


class FragmentKind(models.TextChoices):
    IDENTITY = "identity", _("身份证号")
    BANK_CARD = "bank_card", _("银行卡号")
    PHONE = "phone", _("电话号码")


class Protection(models.TextChoices):
    NONE = "none", _("普通")
    PROTECTED = "protected", _("受保护")
    ANONYMOUS = "anonymous", _("匿名")


class ClockKind(models.TextChoices):
    ACKNOWLEDGE = "acknowledge", _("受理时限")
    FIRST_RESPONSE = "first_response", _("首响时限")
    RESOLVE = "resolve", _("解决时限")
    CALL_BACK = "call_back", _("回访时限")
    SEGMENT = "segment", _("分段时限")


class ClockState(models.TextChoices):
    RUNNING = "running", _("计时中")
    PAUSED = "paused", _("暂停")
    KEPT = "kept", _("按时")
    BROKEN = "broken", _("超时")
    CANCELLED = "cancelled", pgettext_lazy("clock", "取消")
    HISTORICAL = "historical", _("历史")


class Basis(models.TextChoices):
    WALL = "wall", _("自然分钟")
    WORKING = "working", _("工作分钟")


class StepEffect(models.TextChoices):
    INFORM = "inform", _("告知")
    CO_OWN = "co_own", _("共同负责")
    TAKE_OVER = "take_over", _("接管")


class Relation(models.TextChoices):
    """How the ticket a link starts from stands to the one it leads to."""

    MERGED_INTO = "merged_into", _("并入")
    RELATES_TO = "relates_to", _("相关")
    CAUSED_BY = "caused_by", _("起因于")
    DUPLICATE_OF = "duplicate_of", _("重复于")


class RemedyState(models.TextChoices):
    OPEN = "open", _("整改中")
    DONE = "done", _("待验收")
    VERIFIED = "verified", _("已验收")


class PartyRole(models.TextChoices):
    NAMED = "named", _("被投诉人")
    #: could shield who is named: shares a post with them, or leads them (docs/adr/0068)
    CONNECTED = "connected", _("利害关系人")


class SupplierRole(models.TextChoices):
    ABOUT = "about", _("被反映")
    AWAITED = "awaited", _("等待其处理")


class Template(models.TextChoices):
    """What a notice about a ticket says; rendered by `complaints.notice_templates`."""

    TICKET_RECEIVED = "ticket_received", _("已受理")
    TICKET_ASSIGNED = "ticket_assigned", _("新工单")
    TICKET_OF_ACCOUNT = "ticket_of_account", _("大客户事项，由他人处理")
    TICKET_REPLIED = "ticket_replied", _("有新答复")
    TICKET_WAITING = "ticket_waiting", _("等待您的补充")
    TICKET_RESOLVED = "ticket_resolved", _("已处理，请确认")
    TICKET_CLOSED = "ticket_closed", _("已办结")
    TICKET_REJECTED = "ticket_rejected", pgettext_lazy("state", "不予受理")
    TICKET_WITHDRAWN = "ticket_withdrawn", _("已撤回")
    TICKET_REOPENED = "ticket_reopened", pgettext_lazy("state", "重新打开")
    TICKET_ADDED = "ticket_added", _("住户有补充")
    TICKET_URGED = "ticket_urged", _("住户催单")
    TICKET_ESCALATED = "ticket_escalated", _("超时上报")
    TICKET_REVIEWED = "ticket_reviewed", _("请值班复核")
    TICKET_RESUMED = "ticket_resumed", _("等待已到期")
    TICKET_TAKEN_OVER = "ticket_taken_over", _("已由上级接管")
    TICKET_GIVEN_BACK = "ticket_given_back", _("上级退回并批示")
    TICKET_RETURNED = "ticket_returned", _("退单，请重新派单")
    TICKET_EXTEND_ASKED = "ticket_extend_asked", _("有延期申请待审批")
    TICKET_EXTENDED = "ticket_extended", _("时限已延长")
    TICKET_NOT_EXTENDED = "ticket_not_extended", _("延期未获同意")
    TICKET_SUPERVISED = "ticket_supervised", _("工单被督办")
    TICKET_GRADED = "ticket_graded", _("级别已更改")
    TICKET_CALL_BACK = "ticket_call_back", _("请回访")
    TICKET_NOT_SATISFIED = "ticket_not_satisfied", _("回访不满意，已上报")
    TICKET_MERGED = "ticket_merged", _("已并单")
    TICKET_JOINED = "ticket_joined", _("另一张工单并入")
    TICKET_UNMERGED = "ticket_unmerged", _("恢复单独处理")
    TICKET_FOLLOWED = "ticket_followed", _("合并处理的事项有进展")
    TICKET_CO_OWNED = "ticket_co_owned", _("共同负责的工单有进展")
    TICKET_ACKNOWLEDGED = "ticket_acknowledged", _("上级已确认收到")
    ACTION_PLANNED = "action_planned", _("新的整改措施")
    ACTION_LAPSED = "action_lapsed", _("整改逾期")
    ACTION_RETURNED = "action_returned", _("整改被退回")


class SystemKind(models.TextChoices):
    """Systems of a building that report alarms."""

    LIFT = "lift", _("电梯")
    FIRE = "fire", _("消防")
    GAS = "gas", _("燃气")
    WATER = "water", _("给排水")
    ENERGY = "energy", _("能源")
    ACCESS_CONTROL = "access_control", _("门禁")
    OTHER = "other", _("其他系统")


class AlertGrade(models.TextChoices):
    MINOR = "minor", _("轻微")
    MAJOR = "major", _("重要")
    CRITICAL = "critical", _("严重")


class AlertEvent(models.TextChoices):
    RAISED = "raised", _("告警")
    CLEARED = "cleared", _("解除")


class ExtensionState(models.TextChoices):
    ASKED = "asked", _("待审批")
    GRANTED = "granted", _("已同意")
    REFUSED = "refused", _("未同意")


class CallReason(models.TextChoices):
    """Why a ticket is called back about."""

    POLICY = "policy", _("按时限规则")
    ORDERED = "ordered", _("人工安排")


class CallState(models.TextChoices):
    OPEN = "open", _("待回访")
    SATISFIED = "satisfied", _("满意")
    NOT_SATISFIED = "not_satisfied", _("不满意")
    UNREACHABLE = "unreachable", _("未接通")
    CANCELLED = "cancelled", pgettext_lazy("call-back", "取消")


class CallResult(models.TextChoices):
    """What one attempt came to."""

    SATISFIED = "satisfied", _("满意")
    NOT_SATISFIED = "not_satisfied", _("不满意")
    NO_ANSWER = "no_answer", _("无人接听")
