"""What a resident can do with a ticket: words, form and service of each act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.enums import Action, Entry
from complaints.models import Ticket
from complaints.services import lifecycle, timeline
from portal.forms.ticket import AddForm, RateForm, ReopenForm, WithdrawForm

Service = Callable[..., Ticket]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. Without a form it is a button of the ticket's page; with one it has a page.

    `fields` lead from the form's fields to the service's arguments.
    """

    verb: str
    service: Service
    label: Promise
    done: Promise
    icon: str
    form: type[forms.Form] | None = None
    fields: Mapping[str, str] | None = None
    hint: Promise | str = ""
    button: str = "btn--primary"

    def arguments(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {name: cleaned[field] for field, name in (self.fields or {}).items()}


ACTS: Final = (
    Act(
        Action.CLOSE,
        lifecycle.close,
        _("已解决"),
        _("已办结，谢谢您的确认。"),
        "check",
    ),
    Act(
        Action.REOPEN,
        lifecycle.reopen,
        _("没解决，重新打开"),
        _("已重新打开，我们接着处理。"),
        "rotate-ccw",
        ReopenForm,
        {"text": "reason"},
        _("时限重新计算，原来的处理岗位会马上收到。"),
    ),
    Act(
        Entry.ADD,
        timeline.add,
        _("补充"),
        _("已补充，处理人员会看到。"),
        "message-square",
        AddForm,
        {"text": "text"},
    ),
    Act(
        Entry.URGE,
        timeline.urge,
        _("催一催"),
        _("已提醒处理人员。"),
        "bell",
    ),
    Act(
        Entry.RATE,
        timeline.rate,
        _("评价"),
        _("谢谢您的评价。"),
        "star",
        RateForm,
        {"handling": "handling", "outcome": "outcome", "text": "comment"},
    ),
    Act(
        Action.WITHDRAW,
        lifecycle.withdraw,
        _("撤回"),
        _("已撤回。"),
        "x",
        WithdrawForm,
        {"text": "reason"},
        _("撤回之后不再处理，也不能恢复。需要时可以重新报事。"),
        "btn--danger",
    ),
)

BY_VERB: Final[Mapping[str, Act]] = {act.verb: act for act in ACTS}
