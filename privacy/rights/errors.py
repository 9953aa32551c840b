from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import DeskError, InvalidTransition, NotAllowed


class RequestNotAtThisStep(InvalidTransition):
    code = "request_not_at_this_step"
    message = _("该请求当前不在这一步。")


class ApproverIsInvolved(NotAllowed):
    code = "approver_is_involved"
    message = _("登记或核验过该请求的人不能批准它，请由另一位同事批准。")


class SameRequestOpen(InvalidTransition):
    """`extra` names the request that runs, for whoever asks about the same person."""

    code = "same_request_open"
    message = _("同样的请求正在办理中。")


class ErasureIncomplete(DeskError):
    """A step was carried out and yet something is left; the request stays open and is retried."""

    code = "erasure_incomplete"
    message = _("核查发现仍有残留，删除尚未完成。")
