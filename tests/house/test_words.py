"""The settings speak one language: every model and every field that they show has its word."""

from __future__ import annotations

import html
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.test import Client, RequestFactory

from tests.factories import make_post

CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: scripts, and the rows of lists: codes and names that somebody chose
ROWS = re.compile(r"(?s)<(script|style|svg|option|td|th)(?! scope).*?</\1>")
#: the name of a thing, in every language
NAMES = {"Webhook"}
OWN = (
    "core", "vault", "organisation", "notifications", "residents", "complaints", "quality",
    "rights",
)  # fmt: skip
MODELS = [model for label in OWN for model in apps.get_app_config(label).get_models()]
SHOWN = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_model_has_its_word(model):
    assert CHINESE.search(str(model._meta.verbose_name))
    assert CHINESE.search(str(model._meta.verbose_name_plural))


def test_no_other_app_s_models_are_in_the_settings():
    assert {model._meta.app_label for model, _shown in SHOWN} <= set(OWN)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "shown"), SHOWN, ids=lambda one: getattr(one, "__name__", ""))
def test_a_column_and_a_field_of_the_settings_have_their_word(company, model, shown):
    request = RequestFactory().get("/admin/")
    request.user = make_post("administrator", company.group).holder
    columns = [name for name in shown.get_list_display(request) if name != "action_checkbox"]
    fields = flatten_fieldsets(shown.get_fieldsets(request))
    form = shown.get_form(request)
    labels = {name: str(label_for_field(name, model, shown)) for name in columns}
    labels |= {
        name: str(form.base_fields[name].label)
        if name in form.base_fields
        else str(label_for_field(name, model, shown))
        for name in fields
        if name not in ("password1", "password2", "usable_password")
    }
    for inline in shown.inlines:
        part = inline(model, admin.site)
        labels |= {
            f"{inline.model.__name__}.{name}": str(label_for_field(name, inline.model, part))
            for name in flatten_fieldsets(part.get_fieldsets(request))
            if name != part.get_formset(request).fk.name
        }
    assert {name: label for name, label in labels.items() if not CHINESE.search(label)} == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["", *(f"{model._meta.app_label}/{model._meta.model_name}/" for model, _ in SHOWN)]
)
def test_a_page_of_the_settings_in_chinese_has_no_english_word(company, address):
    browser = Client(headers={"Accept-Language": "zh-hans"})
    staff = make_post("administrator", company.group).holder
    browser.force_login(staff)
    answer = browser.get(f"/admin/{address}")
    if answer.status_code == 403:  # not the administrator's to see
        return
    text = ROWS.sub("", html.unescape(answer.content.decode()))
    lines = [line.strip() for line in re.sub(r"<[^>]*>", "\n", text).split("\n")]
    english = {line for line in lines if re.search(r"[A-Za-z]{3,}", line)}
    # a filter by code offers the codes
    assert {line for line in english - NAMES if not re.fullmatch(r"[a-z_.]+", line)} == set()
