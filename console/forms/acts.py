"""The forms of what one can do with a ticket. Each says how its fields become the service's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import policies
from complaints.enums import State, TextRole
from complaints.models import Ticket
from complaints.photo_form import WithPhotos
from complaints.reasons import Coordination, IpOutcome, RejectReason, RootCause
from complaints.services.linking import SAID
from complaints.services.texts import LONGEST
from complaints.spans import DEFAULT_WAIT, LONGEST_WAIT
from core import reference
from core.actors import Actor
from organisation.models import Post, Supplier

#: words of the services' fields are words of the one text field
TEXT: Final = "text"


class ActForm(forms.Form):
    """An act without anything to fill in."""

    #: what the service calls a field of this form
    argument: str = TEXT
    #: whether the text goes to the resident or stays inside; decides the look
    internal = False

    def __init__(self, *args: Any, ticket: Ticket, actor: Actor, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{verb}_%s", "label_suffix": "", **kwargs})
        self.ticket, self.actor = ticket, actor

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        data = {**self.cleaned_data}
        data.pop("photos", None)
        data.pop("draft", None)
        return {self.argument if name == TEXT else name: value for name, value in data.items()}

    @property
    def names(self) -> dict[str, str]:
        """From the service's fields to this form's."""
        return {self.argument: TEXT, "note": TEXT, "photo": "photos", "draft": "photos"}


def text_field(label: Any, role: TextRole, *, hint: Any = "", rows: int = 4, **kw: Any) -> Any:
    """A field for words; label and hint are translated when they are shown."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST[role],
        widget=forms.Textarea(attrs={"rows": rows}),
        **kw,
    )


SEEN: Final = _("住户会看到这段话")
HIDDEN: Final = _("只有同事看得到")


class ReplyForm(ActForm, WithPhotos):
    text = text_field(_("答复住户"), TextRole.REPLY, hint=SEEN, rows=3)
    field_order = ["text", "photos"]


class NoteForm(ActForm, WithPhotos):
    internal = True
    text = text_field(_("内部备注"), TextRole.NOTE, hint=HIDDEN, rows=3)
    field_order = ["text", "photos"]


class AddForm(ActForm, WithPhotos):
    text = text_field(_("住户补充了什么"), TextRole.BODY, hint=SEEN)
    field_order = ["text", "photos"]


class UrgeForm(ActForm):
    text = text_field(
        _("住户怎么说"),
        TextRole.COMMENT,
        required=False,
        hint=_("经办岗位会收到提醒；不改变时限，也不另开工单"),
    )


class AssignForm(ActForm):
    argument = "note"
    post = forms.ModelChoiceField(label=_("派给"), queryset=Post.objects.none(), empty_label=None)
    text = text_field(_("给接手人的话"), TextRole.NOTE, required=False, hint=HIDDEN)

    def __init__(self, *args: Any, posts: Iterable[Post] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # what was sent is judged by the service: the ticket may have moved since the form was drawn
        others = [post for post in posts if self.is_bound or post.pk != self.ticket.post_id]
        offer(self.fields["post"], others)
        # what lies with nobody is proposed to the nearest; handing on has no likely one
        if self.ticket.state == State.RECEIVED and others:
            self.initial.setdefault("post", others[0].pk)
        if policies.is_to_be_decided(self.ticket):
            self.fields["text"].label = _("为什么由他们处理")
            self.fields["text"].required = True
            self.fields["text"].help_text = _("本单已多次退单，派给谁由您裁定，之后不能再退单")

    def clean_post(self) -> Post:
        """Nobody is given what they have. That a page is an older one, the service says."""
        post: Post = self.cleaned_data["post"]
        current = str(self.ticket.version)
        if post.pk == self.ticket.post_id and self.data.get("version", current) == current:
            raise forms.ValidationError(_("工单已经在这个岗位。"))
        return post


class WaitForm(ActForm):
    text = text_field(_("请住户做什么"), TextRole.REPLY, hint=SEEN)
    until = forms.DateTimeField(
        label=_("最迟等到"),
        help_text=_("时限暂停；到这一刻自动继续，最长 %(days)d 天") % {"days": LONGEST_WAIT.days},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("until", timezone.localtime(timezone.now() + DEFAULT_WAIT))


class WaitForSupplierForm(WaitForm):
    internal = True
    supplier = forms.ModelChoiceField(
        label=_("等哪一家"), queryset=Supplier.objects.none(), required=False, empty_label="—"
    )
    text = text_field(_("等供应商做什么"), TextRole.NOTE, required=False, hint=HIDDEN)
    field_order = ["supplier", "text", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on = timezone.localdate()
        works_here = Supplier.objects.under_contract(self.ticket.unit, on).not_barred(on)
        self.fields["supplier"].queryset = works_here.order_by("service", "code")  # type: ignore[attr-defined]


class ResolveForm(ActForm, WithPhotos):
    argument = "reply"
    text = text_field(
        _("给住户的答复"), TextRole.REPLY, hint=_("说清做了什么。住户有 7 天时间确认或重新打开")
    )
    field_order = ["text", "photos"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.ticket.category.evidence_to_close:
            self.fields["photos"].help_text = _("此类工单须有处理照片才能解决")


class CoordinateForm(ActForm):
    reason_code = forms.ChoiceField(
        label=_("与谁协调"), choices=Coordination.choices, widget=forms.RadioSelect
    )
    text = text_field(_("谈了什么，结果怎样"), TextRole.COMMENT, hint=SEEN)


class ForwardForm(ActForm):
    text = text_field(
        _("给通知人的答复"), TextRole.REPLY, hint=_("转送给了谁、先采取了什么措施。通知人看得到")
    )


class CounterForm(ActForm):
    text = text_field(
        _("声明的内容"),
        TextRole.REPLY,
        hint=_("转告通知人：15 天内可以起诉或投诉，否则终止措施。时限暂停 15 天"),
    )


class DecideForm(ActForm):
    reason_code = forms.ChoiceField(
        label=_("决定"), choices=IpOutcome.choices, widget=forms.RadioSelect
    )
    text = text_field(_("理由"), TextRole.REPLY, hint=_("通知人看得到"))


class NameForm(ActForm):
    internal = True
    argument = "names"
    text = forms.CharField(
        label=_("涉及员工姓名"),
        max_length=200,
        help_text=_("写全名，几个人用空格分开。他们从此不经手，也看不到本单和是谁反映的"),
    )


class RejectForm(ActForm):
    argument = "reply"
    reason_code = forms.ChoiceField(
        label=_("为什么不予受理"), choices=RejectReason.choices, widget=forms.RadioSelect
    )
    text = text_field(
        _("给住户的答复"),
        TextRole.REPLY,
        hint=_("写明原因，并告诉住户下一步可以找谁、怎么办；住户还会看到与原因对应的下一步"),
    )


class ReopenForm(ActForm):
    argument = "reason"
    text = text_field(_("还有什么没解决"), TextRole.COMMENT, hint=SEEN)


class WithdrawForm(ActForm):
    argument = "reason"
    text = text_field(_("住户为什么撤回"), TextRole.COMMENT, hint=SEEN)


class GiveBackForm(ActForm):
    internal = True
    argument = "order"
    text = text_field(_("要求"), TextRole.NOTE, hint=_("谁、做什么、到什么时候。只有同事看得到"))


class TakeOverForm(ActForm):
    internal = True
    argument = "note"
    text = text_field(_("为什么接管"), TextRole.NOTE, required=False, hint=HIDDEN)


class AcknowledgeForm(ActForm):
    internal = True
    argument = "note"
    text = text_field(_("接下来怎么办"), TextRole.NOTE, required=False, hint=HIDDEN)


class OtherTicketForm(ActForm):
    """Names another ticket by its number, within what the actor may see."""

    internal = True
    other = forms.CharField(
        label=_("工单号"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_other(self) -> Ticket:
        number = reference.normalise(self.cleaned_data["other"])
        found = Ticket.objects.visible_to(self.actor).filter(reference=number).first()
        if found is None:
            raise forms.ValidationError(_("没有找到这个编号的工单。"))
        return found


class MergeForm(OtherTicketForm):
    argument = "reason"
    text = text_field(_("为什么是同一件事"), TextRole.NOTE, required=False, hint=HIDDEN, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].label = _("并入哪张工单")
        self.fields["other"].help_text = _(
            "本单停表，报事人会得知合并处理并收到后续进展，看不到对方是谁。可以撤销"
        )


class UnmergeForm(ActForm):
    internal = True
    argument = "reason"
    text = text_field(
        _("为什么撤销"),
        TextRole.NOTE,
        required=False,
        hint=_("恢复并单前的状态，时限按当时剩余的时间继续。只有同事看得到这段话"),
    )


class LinkForm(OtherTicketForm):
    argument = "note"
    relation = forms.ChoiceField(
        label=_("本单与它的关系"),
        choices=[(one.value, one.label) for one in SAID],
        widget=forms.RadioSelect,
    )
    text = text_field(_("说明"), TextRole.NOTE, required=False, hint=HIDDEN, rows=3)
    field_order = ["relation", "other", "text"]


class PlanForm(ActForm):
    internal = True
    root_cause = forms.ChoiceField(
        label=_("根本原因"), choices=[("", _("请选择")), *RootCause.choices]
    )
    owner = forms.ModelChoiceField(
        label=_("责任岗位"), queryset=Post.objects.none(), empty_label=None
    )
    due_on = forms.DateField(
        label=_("完成期限"),
        help_text=_("过了这一天没有完成，责任岗位和上级岗位会收到提醒"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = text_field(_("整改措施"), TextRole.NOTE, hint=_("做什么，怎样算完成。只有同事看得到"))

    def __init__(self, *args: Any, posts: Iterable[Post] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["owner"], posts)


def offer(field: Any, posts: Iterable[Post]) -> None:
    """Let a field choose among these posts, in their order; none before somebody chooses."""
    offered = list(posts)
    field.queryset = Post.objects.filter(pk__in=[post.pk for post in offered])
    field.choices = [("", _("请选择")), *((post.pk, _named(post)) for post in offered)]


def _named(post: Post) -> str:
    holder = post.holder.name if post.holder else ""
    return f"{post.unit} · {post.role}（{holder}）" if holder else f"{post.unit} · {post.role}"
