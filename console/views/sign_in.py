"""In and out, and from the front door to the page where somebody's work is."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.shortcuts import redirect, render

from console import demo_accounts
from console.demo_accounts import DemoAccount
from console.door import StaffRequest, staff_page
from console.forms.sign_in import SignInForm
from organisation import access

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
