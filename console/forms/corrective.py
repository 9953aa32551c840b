"""What is said about a corrective action: done, somebody else's, verified, not good enough."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import TextRole
from complaints.photo_form import WithPhotos
from complaints.services.texts import LONGEST
from console.forms.acts import HIDDEN, offer
from organisation.models import Post


class StepForm(forms.Form):
    internal = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "step_%s", "label_suffix": "", **kwargs})

    def arguments(self) -> dict[str, Any]:
        return {k: v for k, v in self.cleaned_data.items() if k not in ("photos", "draft")}


def _text(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=HIDDEN,
        max_length=LONGEST[TextRole.NOTE],
        widget=forms.Textarea(attrs={"rows": 4}),
        **kwargs,
    )


class CompleteForm(StepForm, WithPhotos):
    text = _text(_("做了什么，凭什么说完成了"))
    field_order = ["text", "photos"]


class HandOverForm(StepForm):
    owner = forms.ModelChoiceField(
        label=_("新的责任岗位"),
        help_text=_("完成期限不变"),
        queryset=Post.objects.none(),
        empty_label=None,
    )
    text = _text(_("为什么移交，做到哪一步了"))

    def __init__(self, *args: Any, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["owner"], posts)


class VerifyForm(StepForm):
    text = _text(_("怎么核实的"), required=False)


class ReturnForm(StepForm):
    text = _text(_("还差什么"))
    due_on = forms.DateField(
        label=_("新的完成期限"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
