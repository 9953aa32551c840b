"""The words of messages: each part in each language, with preview, versions and a way back."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.door import StaffRequest, staff_page
from console.forms.messages import WordingForm
from console.views.outbox import tabs
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from notifications import placeholders
from notifications import wordings as registered
from notifications.enums import Audience, Part
from notifications.models import WordingVersion
from notifications.services import wording_preview, wordings
from notifications.services.wordings import WordingChanged
from notifications.wordings import Key, Texts, Wording
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
    if request.method == "GET":
        return _page(request, wording, language)
    written = {part: request.POST.get(part.value, "") for part in wording.parts}
    try:
        if "preview" in request.POST:
            return _page(request, wording, language, registered.read(wording, written))
        changed = _write(request, wording, language, written)
    except DeskError as error:
        if error.code == "not_allowed":
            raise
        return _page(request, wording, language, error=error)
    said = _("已保存。之后的消息使用新文字。") if changed else _("没有改动。")
    messages.success(request, said)
    return redirect("console:wording", code, audience, language)


@staff_page(MANAGE)
@require_POST
def revert(request: StaffRequest, code: str, audience: str, language: str) -> HttpResponse:
    wording = _find(code, audience, language)
    part, _separator, version = request.POST.get("version", "").partition(":")
    if part not in Part.values or not version.isdecimal() or len(version) > 6:
        raise Http404
    wordings.revert(
        wording.code,
        audience,
        language,
        Part(part),
        int(version),
        actor=request.actor,
        at=database_now(),
    )
    messages.success(request, _("已恢复。"))
    return redirect("console:wording", code, audience, language)


def _find(code: str, audience: str, language: str) -> Wording:
    found = registered.find(code, audience)
    if found is None or language not in Language.values:
        raise Http404
    return found


def _write(request: StaffRequest, wording: Wording, language: str, written: Texts) -> int:
    """How many parts are others now."""
    seen = request.POST.get("seen", "")
    changed = wordings.change(
        wording.code,
        wording.audience,
        language,
        written,
        actor=request.actor,
        at=database_now(),
        seen=int(seen) if seen.isdecimal() and len(seen) < 9 else None,
    )
    return len(changed)


def _row(wording: Wording, own: dict[Key, str]) -> dict[str, Any]:
    words = wording.words()
    return {
        "wording": wording,
        "languages": [
            {
                "code": code,
                "name": name,
                "text": placeholders.show(
                    registered.in_force(wording, code, own)[Part.SENTENCE], words
                ),
                "own": any(
                    (wording.code, wording.audience, code, part) in own for part in wording.parts
                ),
            }
            for code, name in Language.choices
        ],
    }


def _page(
    request: StaffRequest,
    wording: Wording,
    language: str,
    typed: Texts | None = None,
    *,
    error: DeskError | None = None,
) -> HttpResponse:
    """What was typed stays in the fields; `typed` is shown in the preview, once it was read."""
    own = wordings.in_force()
    in_force = {code: registered.in_force(wording, code, own) for code in Language.values}
    context = {
        "wording": wording,
        "audience": Audience(wording.audience).label,
        "chosen": language,
        "tabs": _language_tabs(wording, language),
        "form": (form := _form(request, wording, language, in_force[language], error)),
        "parts": [_part(wording, part, form, own, language) for part in wording.parts],
        "names": _names(wording, language),
        "previews": [
            wording_preview.preview(wording, typed or texts if code == language else texts, code)
            for code, texts in _this_first(in_force, language)
        ],
        "history": [
            _version(version, wording)
            for version in wordings.history(wording.code, wording.audience, language)
        ],
    }
    status = refusals.INVALID if error else 200
    return render(request, "console/wording.html", context, status=status)


def _form(
    request: StaffRequest,
    wording: Wording,
    language: str,
    texts: Texts,
    error: DeskError | None,
) -> WordingForm:
    words = wording.words()
    kept: dict[str, Any] = {
        part.value: placeholders.show(text, words) for part, text in texts.items()
    }
    kept["seen"] = wordings.count(wording.code, wording.audience, language)
    if request.method == "GET":
        return WordingForm(parts=wording.parts, initial=kept)
    typed: dict[str, Any] = request.POST.dict()
    if isinstance(error, WordingChanged):
        # now it has been seen; what they left alone is as it is now, and pressing again writes
        typed = {**kept, **{part.value: typed[part.value] for part in error.changed}}
    form = WordingForm(typed, parts=wording.parts)
    form.full_clean()
    form.errors.clear()
    if error is not None:
        refusals.show(form, error)
    return form


def _part(
    wording: Wording, part: Part, form: WordingForm, own: dict[Key, str], language: str
) -> dict[str, Any]:
    words = wording.words()
    return {
        "part": part,
        "field": form[part.value],
        "own": (wording.code, wording.audience, language, part) in own,
        "names": ["{" + words[name] + "}" for name in words if name in wording.allowed(part)],
    }


def _names(wording: Wording, language: str) -> list[dict[str, Any]]:
    """The placeholders, what each becomes, and where it must stand."""
    with translation.override(language):
        samples = wording.sample_values()
    return [
        {
            "name": "{" + word + "}",
            "sample": samples[name],
            "needed": [part.label for part in wording.parts if name in wording.needed(part)],
        }
        for name, word in wording.words().items()
    ]


def _this_first(in_force: dict[str, Any], language: str) -> list[tuple[str, Any]]:
    return sorted(in_force.items(), key=lambda item: item[0] != language)


def _version(version: WordingVersion, wording: Wording) -> dict[str, Any]:
    return {
        "version": version,
        "part": Part(version.part).label,
        "text": placeholders.show(version.text, wording.words()),
    }


def _language_tabs(wording: Wording, language: str) -> list[dict[str, Any]]:
    return [
        {
            "label": name,
            "url": reverse("console:wording", args=[wording.code, wording.audience, code]),
            "current": code == language,
        }
        for code, name in Language.choices
    ]
