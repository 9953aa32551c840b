from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.vault.enums import RevealReason

#: the person's name rather than one of their contacts
NAME = "name"


class RevealForm(forms.Form):
    """Why somebody needs to see one value in clear. `which` is the place of a contact in the list,
    or the name."""

    which = forms.CharField(max_length=4, widget=forms.HiddenInput, initial="0")
    reason = forms.ChoiceField(label=_("为什么需要看"), choices=RevealReason.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
