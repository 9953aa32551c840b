"""The sentences of messages: in each language, with preview, versions and a way back."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import message_words
from console.door import StaffRequest, staff_page
from console.forms.messages import WordingForm
from console.views.outbox import tabs
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from notifications import wordings as registered
from notifications.enums import Audience
from notifications.services import wordings
from notifications.wordings import Key, Wording
from organisation.enums import Language

MANAGE: Final = "organisation.manage"


@staff_page(MANAGE)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    own = wordings.in_force()
    groups = [
        {
            "audience": Audience(audience).label,
            "rows": [
                _row(wording, own)
                for wording in registered.all_wordings()
                if wording.audience == audience
            ],
        }
        for audience in Audience.values
    ]
    return render(request, "console/wordings.html", {"tabs": tabs("wordings"), "groups": groups})


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, code: str, audience: str, language: str) -> HttpResponse:
    """A POST with `preview` shows what it would be; otherwise it is written."""
    wording = _find(code, audience, language)
    in_force = _text(wording, language, wordings.in_force())
    form = WordingForm(request.POST or None, initial={"text": in_force})
    if request.method == "GET":
        return _page(request, wording, language, form, in_force)
    text = request.POST.get("text", "").strip()
    try:
        if "preview" in request.POST:
            registered.check(wording, text, language)
            return _page(request, wording, language, form, text)
        wordings.change(code, audience, language, text, actor=request.actor, at=database_now())
    except DeskError as error:
        if error.code == "not_allowed":
            raise
        form.full_clean()
        form.errors.clear()
        refusals.show(form, error, at="text")
        return _page(request, wording, language, form, in_force, status=refusals.INVALID)
    messages.success(request, _("已保存。之后的消息使用新文字。"))
    return redirect("console:wording", code, audience, language)


@staff_page(MANAGE)
@require_POST
def revert(request: StaffRequest, code: str, audience: str, language: str) -> HttpResponse:
    wording = _find(code, audience, language)
    chosen = request.POST.get("version", "")
    if not chosen.isdecimal() or len(chosen) > 6:
        raise Http404
    wordings.revert(
        wording.code, audience, language, int(chosen), actor=request.actor, at=database_now()
    )
    messages.success(request, _("已恢复。"))
    return redirect("console:wording", code, audience, language)


def _find(code: str, audience: str, language: str) -> Wording:
    found = registered.find(code, audience)
    if found is None or language not in Language.values:
        raise Http404
    return found


def _row(wording: Wording, own: dict[Key, str]) -> dict[str, Any]:
    return {
        "wording": wording,
        "languages": [
            {
                "code": code,
                "name": name,
                "text": _text(wording, code, own),
                "own": (wording.code, wording.audience, code) in own,
            }
            for code, name in Language.choices
        ],
    }


def _text(wording: Wording, language: str, own: dict[Key, str]) -> str:
    kept = own.get((wording.code, wording.audience, language))
    return kept or _built_in(wording, language)


def _built_in(wording: Wording, language: str) -> str:
    with translation.override(language):
        return wording.built_in


def _page(
    request: StaffRequest,
    wording: Wording,
    language: str,
    form: WordingForm,
    text: str,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "wording": wording,
        "audience": Audience(wording.audience).label,
        "chosen": language,
        "tabs": _language_tabs(wording, language),
        "built_in": _built_in(wording, language),
        "placeholders": [
            {"name": f"%({name})s", "sample": value} for name, value in _samples(wording, language)
        ],
        "form": form,
        "preview": message_words.preview(wording, text, language),
        "history": wordings.history(wording.code, wording.audience, language),
    }
    return render(request, "console/wording.html", context, status=status)


def _language_tabs(wording: Wording, language: str) -> list[dict[str, Any]]:
    return [
        {
            "label": name,
            "url": reverse("console:wording", args=[wording.code, wording.audience, code]),
            "current": code == language,
        }
        for code, name in Language.choices
    ]


def _samples(wording: Wording, language: str) -> list[tuple[str, str]]:
    with translation.override(language):
        values = wording.sample_values()
    return [(name, values[name]) for name in sorted(wording.placeholders)]
