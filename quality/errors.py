from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import DeskError, InvalidInput, InvalidTransition


class CutOffInThePast(InvalidInput):
    code = "cut_off_in_the_past"
    message = _("截止时间必须晚于现在：种子须在截止之前封存。")


class CutOffNotReached(InvalidTransition):
    code = "cut_off_not_reached"
    message = _("尚未到截止时间，不能冻结抽样框。")


class RoundNotAtThisStep(InvalidTransition):
    code = "round_not_at_this_step"
    message = _("该轮次当前不在这一步。")


class FrameIsEmpty(DeskError):
    code = "frame_is_empty"
    message = _("该期间没有已答复的反馈和投诉，无法抽样。")


class FrameWasAltered(DeskError):
    """The stored frame no longer matches its hash."""

    code = "frame_was_altered"
    message = _("抽样框与冻结时的指纹不符，请停止使用本轮次并报告审计。")


class CasesStillPending(InvalidTransition):
    code = "cases_still_pending"
    message = _("还有未检查的样本，不能出报告。")


class InspectorHandledTheTicket(DeskError):
    code = "inspector_handled_the_ticket"
    message = _("您处理过这张工单，不能检查它。")


class CaseAlreadyInspected(InvalidTransition):
    code = "case_already_inspected"
    message = _("该样本已经检查过。")
