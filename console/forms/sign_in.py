from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from console.demo_accounts import DemoAccount


class SignInForm(AuthenticationForm):
    """Django's check of name and password; what is wrong is never told apart."""

    error_messages = {
        "invalid_login": _("工号或密码不对，请重新输入。连续输错 5 次将暂停 15 分钟。"),
        "inactive": _("工号或密码不对，请重新输入。连续输错 5 次将暂停 15 分钟。"),
    }

    def __init__(
        self,
        request: HttpRequest | None = None,
        *args: Any,
        chosen: DemoAccount | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(request, *args, auto_id="in_%s", **kw)
        self.fields["username"].label = _("工号")
        self.fields["password"].label = _("密码")
        self.label_suffix = ""
        if chosen is not None:
            self.initial = {"username": chosen.username, "password": chosen.password}
            self.fields["password"].widget = forms.PasswordInput(
                render_value=True, attrs=self.fields["password"].widget.attrs
            )
