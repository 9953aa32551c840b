"""In and out, and from the front door to the page where somebody's work is."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from console import demo_accounts
from console.demo_accounts import DemoAccount
from console.door import StaffRequest, staff_page
from console.forms.sign_in import SignInForm
from core.address import client_address
from core.clock import database_now
from core.errors import LimitReached
from core.pages import known_computer, refusals
from organisation import access
from organisation.services import sign_in_limits

#: the first permission somebody holds decides where their day begins
FIRST_PAGES: Final = (
    ("callers.lookup", "console:workbench"),
    ("escalations.decide", "console:escalated"),
    ("tickets.handle", "console:work"),
    ("quality.plan", "console:rounds"),
    ("tickets.view", "console:workbench"),
    ("integrity.view", "console:workbench"),
    ("privacy.view", "console:privacy"),
    ("quality.view", "console:rounds"),
    ("suppliers.view", "console:suppliers"),
    ("organisation.manage", "console:settings_policies"),
)


class SignInView(LoginView):
    template_name = "console/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    at: datetime

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A try is counted before its password is looked at, and given back when it was right."""
        self.at = database_now()
        try:
            sign_in_limits.count_try(**self._try(), at=self.at)
        except LimitReached as error:
            return self._limited(error)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        tried = self._try()
        response = super().form_valid(form)
        sign_in_limits.forgive(**tried, at=self.at)
        path = reverse("console:sign_in")
        known_computer.remember(self.request, response, tried["name"], path=path)
        return response

    def _try(self) -> dict[str, str]:
        name = self.request.POST.get("username", "")
        return {
            "name": name,
            "address": client_address(self.request),
            "computer": known_computer.known_to(self.request, name),
        }

    def _limited(self, error: LimitReached) -> HttpResponse:
        form = SignInForm(initial={"username": self.request.POST.get("username", "")})
        context = self.get_context_data(form=form, trouble=refusals.said(error))
        response = self.render_to_response(context, status=refusals.LIMITED)
        response["Retry-After"] = str(
            math.ceil((error.extra["retry_at"] - self.at).total_seconds())
        )
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "chosen": self._chosen()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(accounts=demo_accounts.offered(), **kwargs)

    def _chosen(self) -> DemoAccount | None:
        """The demo's account that was clicked; there is none in any other mode."""
        wanted = self.request.GET.get("as")
        return next((one for one in demo_accounts.offered() if one.username == wanted), None)


sign_in = SignInView.as_view()
sign_out = LogoutView.as_view()


@staff_page()
def home(request: StaffRequest) -> HttpResponse:
    held = access.permissions_of(request.actor)
    for permission, page in FIRST_PAGES:
        if permission in held:
            return redirect(page)
    return render(request, "console/no_post.html")
