"""Taking in a matter: the form follows what is told, and asks no more than that needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, Final, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.danger import Danger
from complaints.enums import KIND_OF_CATEGORY, Channel, Kind, Protection, Severity, TextRole
from complaints.gravity import danger_in
from complaints.models import Category
from complaints.photo_form import WithPhotos
from complaints.services.texts import LONGEST
from console import intake_questions, words
from console.intake_questions import CONFIRMED, SAFETY
from organisation.models import Post, Supplier
from residents.models import Call
from residents.services import calls
from residents.services.people import CallerMatch

KINDS: Final = (
    Kind.COMPLAINT,
    Kind.REPAIR,
    Kind.INQUIRY,
    Kind.SUGGESTION,
    Kind.PRAISE,
    Kind.INCIDENT,
    Kind.INTEGRITY,
)
CHANNELS: Final = (
    Channel.HOTLINE,
    Channel.SITE_VISIT,
    Channel.HOME_VISIT,
    Channel.SALES_SITE,
    Channel.EMAIL,
    Channel.LETTER,
    Channel.OWNERS_MEETING,
    Channel.QUESTIONNAIRE,
)
#: those of whom no caller is put through
SITE_CHANNELS: Final = tuple(one for one in CHANNELS if one not in (Channel.HOTLINE, Channel.EMAIL))
CATEGORY_OF_KIND: Final = {kind: code for code, kind in KIND_OF_CATEGORY.items()}
#: a notice about a right has a form of its own, with what the law wants it to say
NOT_ASKED: Final = frozenset({"intellectual_property"})
ELSEWHERE: Final = "elsewhere"
SEVERAL: Final = 2


class PlaceFields(forms.Form):
    """A community and, where it is known, a home in it, as somebody says it over a telephone."""

    community = forms.CharField(
        label=_("小区"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "communities", "autocomplete": "off"}),
    )
    building = forms.CharField(label=_("楼栋"), required=False, max_length=60)
    room = forms.CharField(label=_("房号"), required=False, max_length=30)


class SupplierField(forms.ModelChoiceField):
    def label_from_instance(self, supplier: Supplier) -> str:
        """One whose contract is over is shown as that."""
        if supplier.ended_on is None:
            return supplier.name
        words = {"name": supplier.name, "day": supplier.ended_on - timedelta(days=1)}
        return gettext("%(name)s（合同到 %(day)s 已结束）") % words


class IntakeForm(PlaceFields, WithPhotos):
    caller = forms.CharField(required=False, widget=forms.HiddenInput)
    call = forms.CharField(required=False, widget=forms.HiddenInput)
    rung = forms.CharField(required=False, widget=forms.HiddenInput)
    suggested = forms.CharField(required=False, widget=forms.HiddenInput)
    suggested_kind = forms.CharField(required=False, widget=forms.HiddenInput)
    asked = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("类型"),
        widget=forms.RadioSelect,
        initial=Kind.COMPLAINT,
        error_messages={
            "invalid_choice": _("请选择列出的类型；个人信息请求请在“个人信息请求”页面登记。")
        },
    )
    body = forms.CharField(
        label=_("住户怎么说"),
        max_length=LONGEST[TextRole.BODY],
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        help_text=_("身份证号、银行卡号和电话会自动遮住"),
    )
    home = forms.ChoiceField(label=_("哪一处"), required=False, widget=forms.RadioSelect)
    account = forms.ChoiceField(label=_("代表哪个大客户"), required=False, widget=forms.RadioSelect)
    place = forms.CharField(
        label=_("具体位置"),
        required=False,
        max_length=LONGEST[TextRole.PLACE],
        widget=forms.TextInput(attrs={"placeholder": _("例如：B2 车库 16 号柱旁")}),
    )
    category = forms.ChoiceField(label=_("类别"))
    severity = forms.ChoiceField(label=_("级别"), required=False)
    channel = forms.ChoiceField(label=_("渠道"))
    safety = forms.BooleanField(
        label=_("按“安全”级别受理"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"data-chord": "z"}),
    )
    named_staff = forms.MultipleChoiceField(
        label=_("涉及的员工"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("被选中的人看不到这张工单，也不会收到派单或升级"),
    )
    supplier = SupplierField(
        label=_("哪家供应商"),
        required=False,
        queryset=Supplier.objects.none(),
        empty_label=_("不清楚"),
    )
    protection = forms.ChoiceField(label=_("报事人身份"), required=False, widget=forms.RadioSelect)

    #: as they stand on the page: what is wrong is told from top to bottom
    field_order = ("kind", "body", "home", "category", "community", "building", "room", "place")

    def __init__(
        self,
        *args: Any,
        categories: Sequence[Category],
        caller: CallerMatch | None = None,
        channel: str = Channel.HOTLINE,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"auto_id": "intake_%s", "label_suffix": "", **kwargs})
        self._usual = {one.code: one.severity for one in categories}
        self._shown = frozenset(str(self["asked"].value() or "").split())
        self._propose_safety()
        self._offer("kind", [(kind.value, kind.label) for kind in KINDS])
        offered = CHANNELS if channel == Channel.HOTLINE else SITE_CHANNELS
        self._offer("channel", [(one.value, one.label) for one in offered])
        asked = [one for one in categories if one.code not in NOT_ASKED]
        self._offer("category", [("", _("按描述推荐，或自己选")), *grouped(asked)])
        self._offer("severity", [("", _("按类别")), *Severity.choices])
        self._offer("protection", protections := _protections(caller))
        self.fields["protection"].initial = protections[0][0]
        self._offer("home", _homes(caller))
        self._offer("account", _accounts(caller))
        self.fields["channel"].initial = channel
        self.fields["category"].required = self["kind"].value() not in CATEGORY_OF_KIND
        if homes := _homes(caller):
            self.fields["home"].required, self.fields["home"].initial = True, homes[0][0]
        self.fields["community"].required = not self.at_home

    def clean_category(self) -> str:
        """A kind that has one category alone is not asked for it."""
        kind = self.cleaned_data.get("kind", "")
        return self.cleaned_data["category"] or CATEGORY_OF_KIND.get(kind, "")

    def clean_protection(self) -> str:
        """What nobody chose is the first, careful choice."""
        return self.cleaned_data["protection"] or str(self.fields["protection"].initial)

    def clean(self) -> dict[str, Any] | None:
        """Who takes a matter in decides how grave it is; without safety, they are asked once."""
        said: dict[str, Any] | None = super().clean()
        answered = SAFETY in self._shown and self.cleaned_data.get("safety")
        if self.danger is not None and not answered and CONFIRMED not in self._shown:
            told = gettext("“%(word)s”可能危及人身安全。请确认是否按“安全”级别，再按一次“受理”。")
            self.add_error("safety", told % {"word": self.danger.word})
        return said

    @cached_property
    def danger(self) -> Danger | None:
        """What the words tell of; None where the matter is one of safety as it is."""
        category = str(self["category"].value() or "")
        usual = self._usual.get(category, "")
        if (self["severity"].value() or usual) == Severity.SAFETY:
            return None
        kind = KIND_OF_CATEGORY.get(category, self["kind"].value() or "")
        return danger_in(str(kind), [str(self["body"].value() or "")])

    @property
    def grade(self) -> str | None:
        """What was decided; None where the category's is meant."""
        if self.danger is not None and self.cleaned_data["safety"]:
            return Severity.SAFETY
        return self.cleaned_data["severity"] or None

    @property
    def asking(self) -> list[str]:
        """What this rendering of the form asks, for the next one to know."""
        asked = set(self.questions)
        if self.danger is not None:
            asked.add(SAFETY)
        if CONFIRMED in self._shown or (self.is_bound and "safety" in self.errors):
            asked.add(CONFIRMED)
        return sorted(asked)

    @property
    def questions(self) -> frozenset[str]:
        """Further fields that the matter calls for, by what is chosen so far."""
        kind = self["kind"].value() or ""
        return intake_questions.asked(str(kind), str(self["category"].value() or ""))

    @property
    def at_home(self) -> bool:
        """Whether one of the caller's own homes is meant."""
        return str(self["home"].value() or "") not in ("", ELSEWHERE)

    @property
    def unanswered(self) -> frozenset[str]:
        """Questions that the form did not show when it was sent."""
        return self.questions - self._shown

    def offer_people(self, people: Sequence[Post]) -> None:
        """Whom the matter may be about, known once its place is."""
        self._offer("named_staff", [(str(post.holder_id), _said(post)) for post in people])

    def offer_suppliers(self, suppliers: QuerySet[Supplier]) -> None:
        """Those that work where the matter is, or did so lately."""
        self.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]  # a model's

    def _propose_safety(self) -> None:
        """Ticked until somebody who was shown it takes the tick away."""
        if SAFETY not in self._shown and self.is_bound:
            said = cast(QueryDict, self.data).copy()
            said["safety"] = "on"
            self.data = said
        elif SAFETY in self._shown and not self.is_bound:
            self.initial["safety"] = bool(self.initial.get("safety"))

    def _offer(self, name: str, choices: Iterable[Any]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # a choice field


class PersonForm(PlaceFields):
    """Somebody who calls for the first time."""

    name = forms.CharField(
        label=_("姓名"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True})
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("身份"), widget=forms.RadioSelect, initial="owner")
    is_minor = forms.BooleanField(label=_("未满 14 周岁"), required=False)

    def __init__(self, *args: Any, call: Call | None = None, **kwargs: Any) -> None:
        """Of a call the number is known and stays masked, unless another one is typed."""
        from residents.enums import OccupancyRole

        super().__init__(*args, **{"auto_id": "person_%s", "label_suffix": "", **kwargs})
        self.fields["role"].choices = OccupancyRole.choices  # type: ignore[attr-defined]
        self._call = call if call is not None and call.number_index is not None else None
        if self._call is not None:
            self.fields["phone"].required = False
            number = calls.masked_number(self._call)
            said = gettext("不填就用来电号码 %(number)s") % {"number": number}
            self.fields["phone"].help_text = said

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        return typed or (calls.number_of(self._call) if self._call is not None else "")


def grouped(categories: Sequence[Category]) -> list[tuple[str, Any]]:
    """Choices of a select: a branch with parts is a group that begins with itself."""
    parts: dict[str, list[Category]] = {}
    for category in categories:
        parts.setdefault(category.code.partition(".")[0], []).append(category)
    return [_group(branch) for branch in parts.values()]


def _group(branch: Sequence[Category]) -> tuple[str, Any]:
    named = [(category.code, words.category_name(category)) for category in branch]
    return named[0] if len(named) == 1 else (named[0][1], named)


def _homes(caller: CallerMatch | None) -> list[tuple[str, Any]]:
    if caller is None or not caller.homes:
        return []
    known = [
        (home.public_id, f"{home.unit} {words.home_name(home)}".strip()) for home in caller.homes
    ]
    return [*known, (ELSEWHERE, _("其他地方"))]


def _accounts(caller: CallerMatch | None) -> list[tuple[str, Any]]:
    """Asked of who speaks for several alone: of one the place says whether it is theirs."""
    spoken_for = caller.accounts if caller is not None else ()
    if len(spoken_for) < SEVERAL:
        return []
    return [("", _("没有说，按地点判断")), *((each.code, each.name) for each in spoken_for)]


def _protections(caller: CallerMatch | None) -> list[tuple[str, Any]]:
    hidden = (Protection.ANONYMOUS.value, _("匿名，不记录是谁"))
    if caller is None:
        return [hidden]
    return [(Protection.PROTECTED.value, _("受保护，只有客服和纪检可见")), hidden]


def _said(post: Post) -> str:
    return f"{post.holder.name if post.holder else ''} · {post.role}"
