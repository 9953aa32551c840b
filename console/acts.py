"""Every act on a ticket as the pages offer it: word, sign, form and the service it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints import policies
from complaints.enums import Action, Decision, Entry, Measure, Remedy, Tie
from complaints.models import Ticket
from complaints.photo_form import WithPhotos
from complaints.querysets import opening
from complaints.services import (
    account_matters,
    call_backs,
    decisions,
    extensions,
    grading,
    ip_notices,
    lifecycle,
    linking,
    merging,
    naming,
    remedies,
    returns,
    supervision,
    timeline,
)
from console.forms import acts as forms
from console.forms import measures
from console.forms.acts import ActForm
from core.actors import Actor
from organisation.models import Post
from organisation.querysets import paths_above, served_path
from organisation.services.posts import local_date


@dataclass(frozen=True, slots=True)
class Act:
    """`key` is its key on the keyboard. An act without fields is one press."""

    code: str
    label: Promise
    icon: str
    perform: Callable[..., Ticket]
    form: type[ActForm] = ActForm
    key: str = ""
    danger: bool = False
    #: a page that somebody else has changed meanwhile does no harm to what is merely added
    checks_version: bool = True

    @property
    def at_once(self) -> bool:
        return self.form is ActForm


ACTS: Final[dict[str, Act]] = {
    act.code: act
    for act in (
        Act(
            Measure.RECORD_CALL,
            _("记录回访"),
            "phone-call",
            call_backs.record,
            measures.RecordCallForm,
            key="h",
        ),
        Act(
            Measure.GRANT_EXTENSION,
            _("同意延期"),
            "check",
            extensions.grant,
            measures.GrantExtensionForm,
        ),
        Act(
            Measure.REFUSE_EXTENSION,
            _("不同意延期"),
            "x",
            extensions.refuse,
            measures.RefuseExtensionForm,
        ),
        Act(Action.ACCEPT, _("接单"), "check", lifecycle.accept, key="a"),
        Act(Action.START, _("开始处理"), "wrench", lifecycle.start, key="s"),
        Act(Action.RESUME, _("继续处理"), "refresh-cw", lifecycle.resume, key="s"),
        Act(
            Action.RESOLVE,
            _("解决"),
            "check-circle",
            lifecycle.resolve,
            forms.ResolveForm,
            key="f",
        ),
        Act(Action.CLOSE, _("办结"), "check-circle", lifecycle.close, key="c"),
        Act(Action.ASSIGN, _("转派"), "user-check", lifecycle.assign, forms.AssignForm, key="t"),
        Act(
            Action.WAIT_RESIDENT,
            _("等住户"),
            "pause",
            partial(lifecycle.wait, on=Action.WAIT_RESIDENT),
            forms.WaitForm,
            key="w",
        ),
        Act(
            Action.WAIT_SUPPLIER,
            _("等供应商"),
            "pause",
            partial(lifecycle.wait, on=Action.WAIT_SUPPLIER),
            forms.WaitForSupplierForm,
            key="p",
        ),
        Act(
            Decision.ACKNOWLEDGE,
            _("确认收到"),
            "check",
            decisions.acknowledge,
            forms.AcknowledgeForm,
            key="y",
        ),
        Act(
            Decision.TAKE_OVER,
            _("由我接管"),
            "hand",
            decisions.take_over,
            forms.TakeOverForm,
            key="v",
        ),
        Act(
            Decision.GIVE_BACK,
            _("退回并下达要求"),
            "flag",
            decisions.give_back,
            forms.GiveBackForm,
            key="b",
        ),
        Act(Action.REOPEN, _("重新打开"), "rotate-ccw", lifecycle.reopen, forms.ReopenForm),
        Act(
            Entry.COORDINATE,
            _("协调"),
            "users",
            timeline.coordinate,
            forms.CoordinateForm,
            checks_version=False,
        ),
        Act(Entry.FORWARD, _("转送被通知人"), "send", ip_notices.forward, forms.ForwardForm),
        Act(Entry.COUNTER, _("收到不侵权声明"), "scale", ip_notices.counter, forms.CounterForm),
        Act(Entry.DECIDE, _("作出决定"), "check-circle", ip_notices.decide, forms.DecideForm),
        Act(
            Measure.ASK_EXTENSION,
            _("申请延期"),
            "clock",
            extensions.ask,
            measures.AskExtensionForm,
        ),
        Act(Action.RETURN, _("退单"), "undo", returns.return_to_dispatch, measures.ReturnForm),
        # whoever works on it has nearer things to do; whoever answers calls has these first
        Act(
            Entry.URGE,
            _("催单"),
            "bell",
            timeline.urge,
            forms.UrgeForm,
            key="u",
            checks_version=False,
        ),
        Act(
            Entry.ADD,
            _("补充"),
            "plus",
            timeline.add,
            forms.AddForm,
            key="d",
            checks_version=False,
        ),
        Act(Action.CALL_BACK, _("安排回访"), "phone", call_backs.order),
        Act(
            Measure.SUPERVISE,
            _("督办"),
            "eye",
            supervision.supervise,
            measures.SuperviseForm,
            checks_version=False,
        ),
        Act(
            Measure.END_SUPERVISION,
            _("解除督办"),
            "eye",
            supervision.end,
            checks_version=False,
        ),
        Act(Entry.NAME, _("登记涉及员工"), "shield", naming.name, forms.NameForm),
        Act(
            Measure.RAISE,
            _("提高级别"),
            "arrow-up-circle",
            grading.raise_severity,
            measures.RaiseForm,
            key="e",
        ),
        Act(
            Measure.LOWER,
            _("降低级别"),
            "chevron-down",
            grading.lower_severity,
            measures.LowerForm,
        ),
        Act(
            Measure.ACCOUNT,
            _("更正大客户"),
            "crown",
            account_matters.correct,
            measures.AccountForm,
        ),
        Act(Action.MERGE, _("并单"), "copy", merging.merge, forms.MergeForm),
        Act(Tie.UNMERGE, _("撤销并单"), "undo", merging.unmerge, forms.UnmergeForm),
        Act(Tie.LINK, _("关联工单"), "link", linking.link, forms.LinkForm),
        Act(Remedy.PLAN, _("制定整改措施"), "clipboard-check", remedies.plan, forms.PlanForm),
        Act(Action.REJECT, _("不予受理"), "x-circle", lifecycle.reject, forms.RejectForm),
        Act(
            Action.WITHDRAW,
            _("撤回"),
            "undo",
            lifecycle.withdraw,
            forms.WithdrawForm,
            danger=True,
        ),
        Act(Entry.REPLY, _("答复"), "send", timeline.reply, forms.ReplyForm, key="r"),
        Act(
            Entry.NOTE,
            _("备注"),
            "lock",
            timeline.note,
            forms.NoteForm,
            key="i",
            checks_version=False,
        ),
    )
}

#: what senior staff decide about a matter that came up to them
DECISIONS: Final = (Decision.ACKNOWLEDGE, Decision.TAKE_OVER, Decision.GIVE_BACK)
#: these stand at the foot of the timeline, not among the buttons
COMPOSERS: Final = (Entry.REPLY, Entry.NOTE)
#: the next step of the work, drawn as the main button
STEPS: Final = frozenset(
    {
        Decision.ACKNOWLEDGE,
        Action.ACCEPT,
        Action.START,
        Action.RESUME,
        Action.RESOLVE,
        Action.CLOSE,
        Action.ASSIGN,
        Measure.RECORD_CALL,
        Measure.GRANT_EXTENSION,
    }
)
#: buttons in the head; what is left goes into its menu
IN_SIGHT: Final = 4


def allowed(actor: Actor, ticket: Ticket) -> list[Act]:
    """What this actor may do now, the next step of the work first: of what came up to somebody who
    does not hold it, the decision; whoever holds it says that it has arrived, and works on."""
    codes = set(policies.allowed_actions(actor, ticket))
    first = DECISIONS if Decision.TAKE_OVER in codes else (Decision.ACKNOWLEDGE,)
    found = [act for act in ACTS.values() if act.code in codes]
    return sorted(found, key=lambda act: act.code not in first)


def form_for(act: Act, ticket: Ticket, *, actor: Actor, at: datetime, **kwargs: Any) -> ActForm:
    if act.form is forms.AssignForm:
        kwargs["posts"] = takers(ticket, at=at)
    elif act.form is forms.PlanForm:
        kwargs["posts"] = remedies.owners(ticket, at=at)
    form = act.form(ticket=ticket, actor=actor, verb=act.code, **kwargs)
    if act.code in COMPOSERS:
        words = {"data-key": act.key, "data-key-label": str(act.label)}
        form.fields[forms.TEXT].widget.attrs.update(words)
    return form


def perform(
    act: Act,
    form: ActForm,
    *,
    draft: UUID | None,
    version: int | None,
    at: datetime,
) -> Ticket:
    """Call the service with what the form holds; raises whatever it raises."""
    extra: dict[str, Any] = {"draft_id": draft} if isinstance(form, WithPhotos) else {}
    return act.perform(
        form.ticket,
        actor=form.actor,
        at=at,
        version=version if act.checks_version else None,
        **form.arguments(),
        **extra,
    )


def takers(ticket: Ticket, *, at: datetime) -> Sequence[Post]:
    """Posts that may be given the ticket, the nearest to its site first."""
    needed = policies.permission_for(Action.ACCEPT, ticket)
    able = (
        Post.objects.valid_on(local_date(at))
        .filled()
        .not_touching(ticket.named_ids)
        .filter(role__permissions__contains=[needed])
        .filter(role__permissions__overlap=sorted(opening(ticket.kind)))
        .annotate(serves=served_path())
        .filter(serves__in=paths_above(ticket.unit.path))  # type: ignore[misc]  # annotated above
        .with_people()
        .order_by("-serves", "role__code", "pk")
    )
    return list(able)
