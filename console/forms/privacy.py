from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import TextRole
from complaints.services.texts import LONGEST
from privacy.rights.enums import CorrectableField, RequestKind
from privacy.rights.services.answers import RefusalReason

#: the language is no matter of a request: everybody changes it themselves
CORRECT: Final = {
    CorrectableField.NAME: _("更正姓名"),
    CorrectableField.PHONE: _("更正手机号"),
    CorrectableField.EMAIL: _("更正电子邮箱"),
}


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("请求人登记的电话"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "off", "autofocus": True, "data-draft-skip": True}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class WishForm(forms.Form):
    """What a caller asks for. `people` are handles with words, of those behind the number."""

    phone = forms.CharField(max_length=40, widget=forms.HiddenInput)
    person = forms.ChoiceField(label=_("请求人"), widget=forms.RadioSelect)
    what = forms.ChoiceField(
        label=_("请求什么"),
        choices=[
            *((each.value, CORRECT[each]) for each in CORRECT),
            (RequestKind.DELETE.value, _("删除全部资料")),
        ],
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label=_("正确的内容"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-draft-skip": True}),
        help_text=_("更正时必须填写，删除时不填"),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "wish_%s", "label_suffix": "", **kwargs})
        self.fields["person"].choices = list(people)  # type: ignore[attr-defined]  # a choice field
        if len(people) == 1:
            self.fields["person"].initial = people[0][0]

    @property
    def wish(self) -> dict[str, Any]:
        """What the service is called with; a value belongs to a correction alone."""
        what = self.cleaned_data["what"]
        if what == RequestKind.DELETE:
            return {"kind": RequestKind.DELETE}
        return {"kind": RequestKind.CORRECT, "field": what, "value": self.cleaned_data["value"]}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("对方念出的验证码"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "verify_%s", "label_suffix": "", **kwargs})


class RefuseForm(forms.Form):
    reason_code = forms.ChoiceField(
        label=_("为什么不能批准"), choices=RefusalReason.choices, widget=forms.RadioSelect
    )
    reply = forms.CharField(
        label=_("给请求人的说明"),
        max_length=LONGEST[TextRole.REPLY] // 2,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("申诉和起诉的途径会自动附在后面"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "refuse_%s", "label_suffix": "", **kwargs})
