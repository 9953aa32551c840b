"""How one wants to be told by e-mail; the bell shows everything."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from console.door import StaffRequest, staff_page
from console.forms.messages import PreferencesForm
from core.pages import refusals
from notifications.services import preferences


@staff_page()
@require_http_methods(["GET", "POST"])
def chosen(request: StaffRequest) -> HttpResponse:
    kept = preferences.of_staff(request.user.pk)
    form = PreferencesForm(request.POST or None, kept=kept)
    if request.method == "POST" and form.is_valid():
        preferences.choose_for_staff(request.user.pk, form.choices())
        messages.success(request, _("已保存。"))
        return redirect("console:preferences")
    status = refusals.INVALID if form.is_bound else 200
    return render(request, "console/preferences.html", {"form": form}, status=status)
